// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Demo.Cluster;
using KubeWgDiag.Lab.Faults;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>The way of every fault: break, diagnose, mend by the printed commands, diagnose again.</summary>
internal static class FaultJourney
{
    public static async Task WalkAsync(ClusterFixture fixture, Fault fault)
    {
        var scene = new FaultScene(fixture.Lab, fixture.Family);
        await fixture.RecoveredAsync();
        try
        {
            await fault.InjectAsync(scene, CancellationToken.None);
            var found = await fixture.AskAsync();
            ShouldName(fixture, found, fault.CodeOver(fixture.Family));

            await MendAsync(scene, found);
            await fixture.RecoveredAsync();
            var after = await fixture.AskAsync();
            ShouldBeHealthy(fixture, after);
        }
        finally
        {
            await Fault.HealAsync(scene, CancellationToken.None);
        }
    }

    public static void ShouldBeHealthy(ClusterFixture fixture, TunnelDiagnosis diagnosis)
    {
        diagnosis.Serious().Select(Describe).ShouldBeEmpty(Story(fixture, diagnosis));
        diagnosis.IsHealthy().ShouldBeTrue(Story(fixture, diagnosis));
        diagnosis.Status!.Nodes!.Progress.ShouldBe("3/3");
        diagnosis.Status.Tunnels!.Total.ShouldBe(6);
    }

    public static void ShouldName(ClusterFixture fixture, TunnelDiagnosis diagnosis, string code)
    {
        var story = Story(fixture, diagnosis);
        diagnosis.RootCauses().ShouldNotBeEmpty(story);
        diagnosis.RootCauses()[0].Code.ShouldBe(code, story);
        diagnosis.RootCauses()[0].AffectedTunnels.ShouldBeGreaterThan(0, story);
        diagnosis.RootCauses()[0].Evidence.ShouldNotBeNull(story).ShouldNotBeEmpty(story);
        diagnosis.Serious().Where(cause => cause.Code != code).Select(Describe).ShouldBeEmpty(story);
        diagnosis.IsHealthy().ShouldBeFalse(story);
    }

    /// <summary>The printed commands of every serious cause; where none can help, the lab takes the fault back.</summary>
    private static async Task MendAsync(FaultScene scene, TunnelDiagnosis found)
    {
        var mended = false;
        foreach (var cause in found.Serious())
            mended |= await Mender.MendAsync(scene.Lab, cause, told: null, CancellationToken.None);
        if (!mended)
            await Fault.HealAsync(scene, CancellationToken.None);
    }

    private static string Describe(RootCauseStatus cause) => $"{cause.Code} on {cause.Node}: {cause.Message}";

    private static string Story(ClusterFixture fixture, TunnelDiagnosis diagnosis) =>
        $"{diagnosis.Status?.Summary}\n{string.Join('\n', diagnosis.RootCauses().Select(Describe))}\noperator:\n{fixture.Cluster.OperatorLog}";
}
