// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.Namespaces;

public sealed class NamespaceTests
{
    [Fact]
    public void Open_SameNamespaceBySeveralPaths_IsOneTarget()
    {
        using var targets = NamespaceTargets.Open("/proc", ["/proc/self/ns/net", $"/proc/{Environment.ProcessId}/ns/net"]);
        targets.All.ShouldHaveSingleItem().Name.ShouldBe("host");
    }

    [Fact]
    public async Task VisitAsync_Work_RunsOnAThreadOfItsOwn()
    {
        using var targets = NamespaceTargets.Open("/proc", []);
        var visit = await NamespaceVisitor.VisitAsync(
            targets.All[0], () => Thread.CurrentThread.IsThreadPoolThread, TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
        visit.ShouldBe(new NamespaceVisit<bool>(false, 0));
    }

    [Fact]
    public async Task VisitAsync_WorkThrows_GivesTheExceptionToTheCaller()
    {
        using var targets = NamespaceTargets.Open("/proc", []);
        await Should.ThrowAsync<InvalidDataException>(() => NamespaceVisitor.VisitAsync<int>(
            targets.All[0], () => throw new InvalidDataException(), TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None));
    }

    [Fact]
    public async Task VisitAsync_WorkHangs_TimesOut()
    {
        using var release = new ManualResetEventSlim();
        using var targets = NamespaceTargets.Open("/proc", []);
        await Should.ThrowAsync<TimeoutException>(() => NamespaceVisitor.VisitAsync(
            targets.All[0], () => release.Wait(TimeSpan.FromMinutes(1)), TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None));
        release.Set();
    }
}
