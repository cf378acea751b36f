// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>What these tests promise about somebody else's cluster, shown with a second run beside the shared one.</summary>
public sealed class CleanerTests : ClusterTest
{
    [Fact]
    public async Task Remove_ARunThatWasCutOff_NothingOfItIsLeftAndOthersStay()
    {
        var run = RunLabels.New();
        await using var janitor = Janitor.Start(Cluster.Kubeconfig, run);
        await TestCluster.PrepareAsync(Client, run, Stop);
        var type = Gadget.TypeIn(Definitions.GadgetGroup(run));
        var held = new ObjectMeta { Name = "held", Namespace = run.Namespace, Finalizers = ["tests.kubewgdiag.io/hold"] };
        Value(await Client.CreateAsync(type, new Gadget { Metadata = held }, Stop));
        // Of a class that no operator has: it is only there.
        var labels = new Dictionary<string, string>(run.Labels) { ["kubewgdiag.io/class"] = run.Class };
        var diagnosis = new ObjectMeta { Name = $"kwdtest-{run.Id}-left", Labels = labels };
        Value(await Client.CreateAsync(CrdTypes.TunnelDiagnosis, new TunnelDiagnosis { Metadata = diagnosis, Spec = new() { Suspend = true } }, Stop));

        // As when the test process is killed: the pipe between the two closes.
        (await janitor.AbandonAsync()).ShouldBe(0);

        (await CountAsync(AnyObject.Namespace, run)).ShouldBe(0);
        (await CountAsync(AnyObject.Definition, run)).ShouldBe(0);
        (await CountAsync(CrdTypes.TunnelDiagnosis, run)).ShouldBe(0);
        (await Client.GetAsync(AnyObject.Namespace, null, Namespace, Stop)).IsSuccess.ShouldBeTrue();
        (await Client.ListAsync(Gadgets, new ListOptions { Namespace = Namespace }, Stop)).IsSuccess.ShouldBeTrue();
        (await Client.ListAsync(CrdTypes.TunnelDiagnosis, new ListOptions(), Stop)).IsSuccess.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, 61, true)]
    [InlineData(true, 59, false)]
    [InlineData(false, 61, false)]
    public void IsLeftover_OnlyWhatBearsTheLabelAndIsOld(bool labelled, int minutes, bool expected)
    {
        var now = TimeProvider.System.GetUtcNow();
        var labels = labelled ? new Dictionary<string, string> { [RunLabels.Key] = "x" } : [];
        RunLabels.IsLeftover(new ObjectMeta { Labels = labels, CreationTimestamp = now.AddMinutes(-minutes) }, now).ShouldBe(expected);
    }

    private async Task<int> CountAsync<T>(ResourceType<T> type, RunLabels run)
        where T : class, IKubernetesObject => Value(await Client.ListAsync(type, new ListOptions { LabelSelector = run.Selector }, Stop)).Items.Count;
}
