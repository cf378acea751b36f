// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests;

public sealed class HealthyMeshTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Diagnose_FlannelWithTraffic_IsQuietAndHealthy(Setup setup)
    {
        var report = Layouts.Flannel(4, setup).TalkAll().Diagnose();
        report.ShouldBeQuiet();
        report.Tunnels.Count.ShouldBe(12);
        report.Tunnels.ShouldAllBe(tunnel => tunnel.State == TunnelState.Healthy);
        report.CouldNotCheck.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Diagnose_FlannelNeverUsed_IsIdle(Setup setup)
    {
        var report = Layouts.Flannel(3, setup).Diagnose();
        report.ShouldBeQuiet();
        report.Tunnels.ShouldAllBe(tunnel => tunnel.State == TunnelState.Idle);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Diagnose_WgQuickSites_IsQuiet(Setup setup) => Layouts.WgQuick(3, setup).TalkAll().Diagnose().ShouldBeQuiet();

    [Fact]
    public void Diagnose_Calico_IsQuiet() => Layouts.Calico(3).TalkAll().Diagnose().ShouldBeQuiet();

    [Fact]
    public void Diagnose_Cilium_IsQuiet() => Layouts.Cilium(3).TalkAll().Diagnose().ShouldBeQuiet();

    [Fact]
    public void Diagnose_HubAndSpokes_IsQuiet() => Layouts.Hub(3).Talk(0, 1).Talk(0, 2).Talk(0, 3).Diagnose().ShouldBeQuiet();

    [Fact]
    public void Diagnose_EveryNodeAlone_IsQuiet()
    {
        foreach (var mesh in new[] { Layouts.Flannel(3, new Setup(V6: true)), Layouts.WgQuick(3, new Setup()), Layouts.Calico(3), Layouts.Cilium(3) })
        {
            mesh.TalkAll();
            for (var i = 0; i < 3; i++) mesh.Diagnose(i).ShouldBeQuiet();
        }
    }

    [Fact]
    public void Diagnose_HalfOfTheNodes_IsQuiet() => Layouts.Flannel(4, new Setup(V6: true)).TalkAll().Diagnose(0, 2).ShouldBeQuiet();

    [Fact]
    public void Diagnose_NoNodes_SaysSo() => DiagnosisEngine.Diagnose(new DiagnosisInput([], new Thresholds())).Summary.ShouldBe("No node reported any facts.");
}
