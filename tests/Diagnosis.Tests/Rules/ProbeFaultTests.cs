// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class ProbeFaultTests
{
    private static Fact<T> Missing<T>(NotAvailableReason reason)
        where T : class => new() { Source = "test", At = TestNode.Now, NotAvailable = new NotAvailable(reason, "EPERM") };

    [Theory]
    [InlineData(NotAvailableReason.NotPermitted, true)]
    [InlineData(NotAvailableReason.NotPresent, false)]
    [InlineData(NotAvailableReason.TimedOut, false)]
    public void Capability_ReadersThatWereRefused_AreANote(NotAvailableReason reason, bool found)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var filters = mesh.With(1, facts => facts with { Namespaces = [facts.Namespaces[0] with { Netfilter = Missing<NetfilterFact>(reason) }] });
        (filters.Find("WG-PROBE-CAPABILITY")?.Severity == Severity.Info).ShouldBe(found);
        filters.ShouldBeQuiet();
    }

    [Fact]
    public void Capability_WireGuardItselfIsRefused_IsANoteAboutThatNodeAndNoMissingDevice()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var report = mesh.With(1, facts => facts with { Namespaces = [facts.Namespaces[0] with { KernelWireGuard = Missing<IReadOnlyList<WireGuardDeviceFact>>(NotAvailableReason.NotPermitted) }] });
        report.Find("WG-PROBE-CAPABILITY")!.Subject.Node.ShouldBe("node-001");
        report.Find("WG-IFACE-MISSING").ShouldBeNull();
    }
}
