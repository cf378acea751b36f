// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Catch-alls, and peers without AllowedIPs.</summary>
public sealed class CryptokeyOddityTests
{
    [Fact]
    public void CatchAll_TakesAnotherSpokesNetwork_IsTheCause()
    {
        var mesh = Layouts.Hub(3).Talk(0, 1).Talk(0, 2).Talk(0, 3);
        mesh.Peer(0, 1).Allow("0.0.0.0/0");
        mesh.Peer(0, 2).Allow("10.8.0.3/32");
        mesh.Diagnose().RootCauses[0].Finding.Code.ShouldBe("WG-ALLOWEDIPS-CATCHALL");
    }

    [Fact]
    public void CatchAll_NetworkThatThePeerDoesNotHave_IsAWarning()
    {
        var mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        mesh.Peer(0, 1).Allow("0.0.0.0/0");
        mesh[0].AddRoute("203.0.113.0/24", mesh.Device(0).Link);
        mesh.Diagnose().ShouldHaveOne("WG-ALLOWEDIPS-CATCHALL", "hub").Finding.Severity.ShouldBe(Severity.Warning);
    }

    [Fact]
    public void CatchAll_ExitNodeOrOnePeer_IsQuiet()
    {
        // One of several peers is the way to the internet; nothing comes back by default.
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        mesh.Peer(0, 1).AllowedIps.Add(IpPrefix.Parse("0.0.0.0/0"));
        mesh[0].AddRoute("0.0.0.0/0", mesh.Device(0).Link, table: 51820);
        mesh.Device(0).Mark = 51820;
        mesh[0].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32764, Action = 1, Table = 51820, Mark = 51820, Invert = true });
        mesh[0].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32763, Action = 1, Table = 254, SuppressPrefixLength = 0 });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void None_WhereNothingElseIsKnown_IsSaidAndStaleEntriesAreNot()
    {
        var mesh = Layouts.Cilium(3).TalkAll();
        mesh.Peer(0, 1).AllowedIps = [];
        mesh.Diagnose().ShouldHaveOne("WG-ALLOWEDIPS-NONE", "cilium-000").AffectedTunnels.Count.ShouldBe(2);

        mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh.Device(0).AddPeer(Keys.Of("the key before")).AllowedIps = [];
        mesh.Diagnose().ShouldBeQuiet();
    }
}
