// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Model;
using KubeWgDiag.Diagnosis.Tests.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Services of a cluster through a tunnel.</summary>
public sealed class ServiceVipTests
{
    private const string Code = "WG-SERVICE-VIP-OVER-TUNNEL";

    [Theory, InlineData(false, false), InlineData(true, false), InlineData(false, true), InlineData(true, true)]
    public void Routed_NoOwner_AndThePeerTranslates_IsFound(bool v6, bool userspace)
    {
        var mesh = Mesh(v6, userspace);
        Asks(mesh, userspace);
        var cause = mesh.Diagnose().ShouldHaveOne(Code, "site-000");
        cause.Commands().ShouldHaveSingleItem().ShouldContain(v6 ? "fd00:10:96::/112" : "10.96.0.0/16");
    }

    [Fact]
    public void SingleAddress_IsAskedItself()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh[0].AddRoute("10.96.0.10/32", mesh.Device(0).Link);
        Translates(mesh, "10.96.0.10", "10.2.0.10");
        Asks(mesh, userspace: false);
        mesh.Diagnose().ShouldHaveOne(Code, "site-000");
    }

    [Fact]
    public void NobodyAsks_IsANoteOnly()
    {
        var report = Mesh(false, false).Diagnose();
        report.ShouldBeQuiet();
        report.Find(Code).ShouldNotBeNull().Severity.ShouldBe(Severity.Info);
    }

    [Fact]
    public void OwnedOrUntranslatedOrUnread_IsNotSaid()
    {
        var owned = Mesh(false, false);
        owned.Peer(0, 1).AllowedIps.Add(IpPrefix.Parse("10.96.0.0/16"));
        owned.Diagnose().Find(Code).ShouldBeNull();

        var other = Mesh(false, false);
        Translates(other, "10.97.0.1", "10.2.0.10");
        Asks(other, userspace: false);
        other.Diagnose().Find(Code).ShouldBeNull();

        var unread = Mesh(false, false);
        unread[1].Bend = null;
        Asks(unread, userspace: false);
        unread.Diagnose().Find(Code).ShouldBeNull();
        unread.Diagnose(0).Find(Code).ShouldBeNull();
    }

    private static TestMesh Mesh(bool v6, bool userspace)
    {
        var mesh = Layouts.WgQuick(2, new Setup(V4: !v6, V6: v6, Userspace: userspace)).TalkAll();
        mesh[0].AddRoute(v6 ? "fd00:10:96::/112" : "10.96.0.0/16", mesh.Device(0).Link);
        Translates(mesh, v6 ? "fd00:10:96::1" : "10.96.0.1", v6 ? "fd00:2::10" : "10.2.0.10");
        return mesh;
    }

    // The kernel counts what nobody owns; a userspace device is given more than it sends.
    private static void Asks(TestMesh mesh, bool userspace)
    {
        if (userspace) mesh.MoveLink(0, tx: 30);
        else mesh.MoveLink(0, txErrors: 30);
    }

    private static void Translates(TestMesh mesh, string vip, string backend)
    {
        var (from, to) = (IpAddr.Parse(vip), IpAddr.Parse(backend));
        var v6 = from.Family == IpFamily.IPv6;
        var family = v6 ? NetfilterFamily.Ipv6 : NetfilterFamily.Ipv4;
        Expression[] rule =
        [
            new PayloadLoad(0, PayloadBase.Network, v6 ? 24 : 16, v6 ? 16 : 4),
            new Compare(0, CompareOperator.Equal, Bytes(from)),
            new Immediate(4, Bytes(to)),
            new NatExpression(true, family, 4, 4),
        ];
        var chain = Rulesets.Base(NetfilterHook.Prerouting, -100, rule) with { Type = "nat" };
        var node = mesh[1];
        node.Bend = space => space with { Netfilter = node.Fact(new NetfilterFact { Tables = [Rulesets.Table(chain) with { Family = family }] }) };
    }

    private static HexBytes Bytes(IpAddr address)
    {
        var length = address.Family == IpFamily.IPv6 ? 16 : 4;
        return new HexBytes(Enumerable.Range(0, length).Select(i => (byte)((address.Bits >> (8 * (length - 1 - i))) & 0xff)).ToArray());
    }
}
