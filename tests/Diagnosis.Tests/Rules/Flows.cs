// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Tracked flows and walked packets of a test mesh.</summary>
internal static class Flows
{
    public static WalkRule Rule(string chain, string text, NetfilterHook hook) => new()
    {
        Backend = NetfilterBackend.NfTables,
        Family = NetfilterFamily.Inet,
        Table = "t",
        Chain = chain,
        Hook = hook,
        Handle = 7,
        Text = text,
        Packets = new(40, 20),
    };

    public static WalkFact Walk(TestMesh mesh, int node, WalkPurpose purpose, WalkState state, WalkRule? rule = null, bool v6 = false) => new()
    {
        Purpose = purpose,
        Device = mesh.Device(node).Name,
        Family = v6 ? IpFamily.IPv6 : IpFamily.IPv4,
        States = [state],
        Result = rule is null ? WalkResult.Passed : WalkResult.Dropped,
        Count = mesh.Device(node).Peers.Count,
        Peers = rule is null ? null : [.. mesh.Device(node).Peers.Select(peer => peer.Key)],
        Stop = rule is null ? null : new WalkStop(WalkStopKind.FilterRule, "dropped", Rule: rule),
    };

    /// <summary>A tracked UDP flow; <paramref name="answersTo"/> is where answers are expected, when that is not the source.</summary>
    public static ConntrackFlow Of(string source, string destination, bool answered = false, ushort zone = 0, string? answersTo = null) => new()
    {
        Original = new() { Source = IpAddr.Parse(source), Destination = IpAddr.Parse(destination), Protocol = 17, SourcePort = 40000, DestinationPort = 53 },
        Reply = new() { Source = IpAddr.Parse(destination), Destination = IpAddr.Parse(answersTo ?? source), Protocol = 17, SourcePort = 53, DestinationPort = 40000 },
        Zone = zone,
        Status = ConntrackStatus.Confirmed | (answered ? ConntrackStatus.SeenReply : ConntrackStatus.None),
    };

    public static void Tracks(this TestNode node, ConntrackFlows flows) => node.Bend = space => space with { ConntrackFlows = node.Fact(flows) };

    public static void Tracks(this TestNode node, ConntrackFact table) => node.Bend = space => space with { Conntrack = node.Fact(table) };
}
