// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Cluster.Tests.Operator;

/// <summary>Nodes that do not answer, with real pods whose image nobody has.</summary>
public sealed class AbsenceTests : OperatorTest
{
    [Fact]
    public async Task NodesWithoutAnswer_AreExplainedByWhatTheKubeletSays()
    {
        var diagnosis = await AskAsync(NewName("pull"));
        var pods = await Client.UntilAllAsync(
            BuiltInTypes.Pod, Of(diagnosis, Namespace), items => items.Count >= Cluster.Nodes.Count(IsReady) && items.All(pod => Waiting(pod) is "ErrImagePull" or "ImagePullBackOff"), Stop);
        pods.ShouldNotBeEmpty();
        var nodes = pods.Select(pod => pod.Spec!.NodeName!).ToHashSet(StringComparer.Ordinal);
        var status = await UntilAsync(diagnosis, s => s.Nodes?.NotReported is { } missing && missing.Where(n => nodes.Contains(n.Node)).All(IsPullError));
        status.Phase.ShouldBe(DiagnosisPhase.Running);
        status.Nodes!.NotReported!.Select(node => node.Node).ShouldBe(NodeNames, ignoreOrder: true);
        status.Nodes.NotReported!.ShouldAllBe(node => node.Message.Length > 0);
    }

    private static bool IsReady(Node node) => node.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    private static string? Waiting(Pod pod) => pod.Status?.ContainerStatuses is [{ State.Waiting.Reason: { } reason }, ..] ? reason : null;

    private static bool IsPullError(NotReportedNode node) => node.Reason is "ErrImagePull" or "ImagePullBackOff";
}
