// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>Nodes with tunnels between them. Layouts fill it; tests break it and ask the engine.</summary>
internal sealed class TestMesh
{
    /// <summary>A ping of 84 bytes, padded to 96 and with 32 bytes of data header and tag.</summary>
    public const ulong PingBytes = 128;

    public List<TestNode> Nodes { get; } = [];

    public TestNode this[int index] => Nodes[index];

    public TestDevice Device(int index) => Nodes[index].Device;

    /// <summary>The entry of one node's first device for another's.</summary>
    public TestPeer Peer(int from, int to) => Device(from)[Device(to)];

    /// <summary>Both ends have a living session, and pings went both ways during the observation.</summary>
    public TestMesh Talk(int one, int other, ulong pings = 10)
    {
        Session(one, other);
        foreach (var (from, to) in new[] { (one, other), (other, one) })
        {
            Peer(from, to).Sent = Grow(Peer(from, to).Sent, pings * PingBytes);
            Peer(to, from).Received = Grow(Peer(to, from).Received, pings * PingBytes);
            MoveLink(from, tx: pings);
            MoveLink(to, rx: pings);
        }

        return this;
    }

    /// <summary>Both ends have a living session; nothing was sent during the observation.</summary>
    public TestMesh Session(int one, int other, double age = 40)
    {
        foreach (var (from, to) in new[] { (one, other), (other, one) })
        {
            if (!Device(from).Peers.Exists(peer => peer.Key == Device(to).Key)) continue;
            var peer = Peer(from, to);
            peer.HandshakeAge = age;
            peer.Sent = new Counter(peer.Sent.Value + 148, peer.Sent.Growth ?? 0);
            peer.Received = new Counter(peer.Received.Value + 92, peer.Received.Growth ?? 0);
        }

        return this;
    }

    public TestMesh TalkAll()
    {
        for (var one = 0; one < Nodes.Count; one++)
        {
            for (var other = one + 1; other < Nodes.Count; other++) Talk(one, other);
        }

        return this;
    }

    public void MoveLink(int node, ulong rx = 0, ulong tx = 0, ulong frameErrors = 0, ulong txErrors = 0) =>
        Nodes[node].ChangeLink(Device(node).Link, link => link with
        {
            Counters = link.Counters! with
            {
                RxPackets = Grow(link.Counters.RxPackets, rx),
                RxBytes = Grow(link.Counters.RxBytes, rx * 84),
                TxPackets = Grow(link.Counters.TxPackets, tx),
                TxBytes = Grow(link.Counters.TxBytes, tx * 84),
                RxErrors = Grow(link.Counters.RxErrors, frameErrors),
                RxFrameErrors = Grow(link.Counters.RxFrameErrors, frameErrors),
                TxErrors = Grow(link.Counters.TxErrors, txErrors),
            },
        });

    public static Counter Grow(Counter counter, ulong by) => new(counter.Value + by, (counter.Growth ?? 0) + by);

    public DiagnosisReport Diagnose(params int[] only)
    {
        var nodes = only.Length == 0 ? Nodes : [.. only.Select(index => Nodes[index])];
        return DiagnosisEngine.Diagnose(new DiagnosisInput([.. nodes.Select(node => node.ToFacts())], new Thresholds()));
    }

    public IReadOnlyList<NodeFacts> Facts(bool lookups = true) => [.. Nodes.Select(node => node.ToFacts(lookups))];
}
