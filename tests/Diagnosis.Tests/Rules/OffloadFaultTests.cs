// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class OffloadFaultTests
{
    [Theory]
    [InlineData(true, "EIO", 5ul, true, true)]
    [InlineData(true, "EIO", 0ul, true, false)]
    [InlineData(true, "ENOBUFS", 5ul, true, false)]
    [InlineData(true, "EIO", 5ul, false, false)]
    [InlineData(false, "EIO", 5ul, true, false)]
    public void UdpSegmentation_ErrorsOfAUserspaceProgram_AreNamed(bool userspace, string error, ulong growth, bool offload, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup(Userspace: userspace)).TalkAll();
        var eth = mesh[1].LinkIndex("eth0");
        var report = mesh.With(1, facts => facts with
        {
            Host = new HostFacts { SendErrors = Bent.Fact<IReadOnlyList<TunnelSendErrorFact>>([new("wireguard-go", "wg-pods", error, new Counter(growth, growth))]) },
            Namespaces =
            [
                facts.Namespaces[0] with
                {
                    Offloads = Bent.Fact<IReadOnlyList<OffloadFact>>([new() { Links = [eth], Active = offload ? ["tx-udp-segmentation"] : [], Changeable = [], Refused = [] }]),
                },
            ],
        });
        if (found) report.ShouldHaveOne("WG-OFFLOAD-GSO-UDP", "node-001");
        else report.ShouldBeQuiet();
    }

    [Theory]
    [InlineData("Icmp.InCsumErrors", 6ul, true)]
    [InlineData("Icmp.InCsumErrors", 1ul, false)]
    [InlineData("Udp.InCsumErrors", 6ul, false)]
    public void InnerChecksum_OfTheHostItself_IsAWarning(string counter, ulong growth, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        (mesh.WithCounter(1, counter, growth).Find("WG-OFFLOAD-CSUM-INNER")?.Severity == Severity.Warning).ShouldBe(found);
    }
}
