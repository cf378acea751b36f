// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Namespaces;

public sealed class NamespaceFinderTests : IDisposable
{
    private const string Cgroup = "0::/kubepods/pod0a1b2c3d-1111-2222-3333-444455556666/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly FakeProc _proc = new();

    public void Dispose() => _proc.Dispose();

    [SkippableFact]
    public void Find_ProcessesAndFiles_GivesEachNamespaceOnceWithItsOwners()
    {
        LabNamespace.SkipIfImpossible();
        using var pod = new LabNamespace();
        using var named = new LabNamespace();
        _proc.AddProcess(1, "/proc/self/ns/net", "init", "0::/init.scope");
        _proc.AddProcess(70, pod.Path, "helper", "0::/");
        _proc.AddProcess(71, pod.Path, "pause", Cgroup);
        _proc.Bind("cni-1", pod.Path);
        _proc.Bind("blue", named.Path);
        File.WriteAllText(Path.Combine(_proc.Bound, "no-namespace"), "");

        var found = Find();

        found.Incomplete.ShouldBeNull();
        found.Processes.ShouldBe(3);
        found.All.Count.ShouldBe(3); // the host's, the pod's, the named one
        Owners(found, pod).ShouldBe([
            new NamespaceOwnerFact { PodUid = "0a1b2c3d-1111-2222-3333-444455556666", ContainerId = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Pid = 71, Process = "pause" },
            new NamespaceOwnerFact { Path = Path.Combine(_proc.Bound, "cni-1") },
        ]);
        Owners(found, named).ShouldBe([new NamespaceOwnerFact { Path = Path.Combine(_proc.Bound, "blue") }]);
    }

    [Fact]
    public void Find_ProcessThatEndedMeanwhile_IsNoNamespace()
    {
        _proc.AddProcess(5, "/proc/self/ns/none", "gone", "0::/");
        var found = Find();
        found.All.ShouldBeEmpty();
        found.Processes.ShouldBe(1);
        found.Incomplete.ShouldBeNull();
    }

    [Fact]
    public void Find_NoTime_SaysThatThereMayBeMore()
    {
        _proc.AddProcess(5, "/proc/self/ns/net", "x", "0::/");
        Find(TimeSpan.Zero).Incomplete.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.TimedOut);
    }

    [Fact]
    public void Owners_ManyFiles_AreAtMostFour()
    {
        for (var i = 0; i < 9; i++) _proc.Bind($"n{i}", "/proc/self/ns/net");
        Find().All.Values.ShouldHaveSingleItem().Owners(_proc.Root).Count.ShouldBe(4);
    }

    private FoundNamespaces Find(TimeSpan? limit = null) =>
        new NamespaceFinder(_proc.Root, [_proc.Bound, _proc.Bound + "/../netns"]).Find(new Deadline(TimeProvider.System, limit ?? TimeSpan.FromMinutes(1), CancellationToken.None));

    private IReadOnlyList<NamespaceOwnerFact> Owners(FoundNamespaces found, LabNamespace space)
    {
        FileStatus.TryRead(space.Path, out var status).ShouldBe(0);
        return found.All[status.Identity].Owners(_proc.Root);
    }
}
