// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Tests.Model;
using Xunit.Abstractions;

namespace KubeWgDiag.Diagnosis.Tests;

/// <summary>No measurement, only a fence: quadratic work over pairs of prefixes would take minutes here.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    [Fact]
    public void Diagnose_TwoHundredNodesInFullMesh_FinishesQuickly()
    {
        var mesh = Layouts.Flannel(200, new Setup(V6: true));
        mesh.TalkAll();
        mesh[100].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Device(50).Peers.Clear();
        foreach (var node in mesh.Nodes.Where(node => node != mesh[50])) node.Device[mesh.Device(50)].Received = new(900, 0);
        var facts = mesh.Facts();
        var watch = Stopwatch.StartNew();
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));
        output.WriteLine($"{report.Tunnels.Count} tunnels in {watch.Elapsed.TotalSeconds:0.00} s");
        report.RootCauses.Select(cause => cause.Finding.Subject.Node).ShouldBe(["node-050", "node-100"]);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Diagnose_TenThousandPeersOnOneNode_FinishesQuickly()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        for (var i = 0; i < 10_000; i++)
        {
            var peer = mesh.Device(0).AddPeer(Keys.Of($"client {i}")).Allow($"10.{100 + (i / 16384)}.{i / 64 % 256}.{i % 64 * 4}/30");
            peer.HandshakeAge = i % 500;
            mesh[0].AddRoute(peer.AllowedIps[0].ToString(), mesh.Device(0).Link);
        }

        // The stand-in for the kernel is slow and plain; the engine's own routes answer as well.
        var facts = mesh.Facts(lookups: false);
        var watch = Stopwatch.StartNew();
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));
        output.WriteLine($"{report.Tunnels.Count} tunnels in {watch.Elapsed.TotalSeconds:0.00} s");
        report.RootCauses.ShouldBeEmpty();
        report.Tunnels.Count.ShouldBe(10_002);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
