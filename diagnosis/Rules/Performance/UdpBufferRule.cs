// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: the UDP socket of a userspace device dropped datagrams during the observation because its receive buffer was full.
/// Threshold: ten datagrams; less sure where only the counter of the whole namespace is there.
/// Traps: the kernel's WireGuard takes packets before the socket's buffer: such drops belong to other programs; wrong checksums count at the socket too.
/// </summary>
internal sealed class UdpBufferRule : IRule
{
    private const ulong Least = 10;
    private const string Limit = "net.core.rmem_max";

    /// <summary>What wireguard-go asks for.</summary>
    private const long Wanted = 7 << 20;

    public RuleDescriptor Descriptor { get; } = new("WG-UDP-RCVBUF-ERRORS", Layer.Performance, Severity.Warning, "The tunnel program does not read its socket fast enough")
    {
        Precedence = Rules.Precedence.Performance + 1,
        ExplainedBy = ["WG-CPU-THROTTLED"],
        Reach = Reach.Tunnels,
        Explanation = "A userspace WireGuard reads each datagram from a socket. While it has no CPU time, datagrams wait in the socket's buffer; what does not fit is dropped, and the tunnel loses packets in bursts.",
        FalsifiedBy = "The drop counter of exactly this socket (`ss -uamn`, d in skmem) stands still during load.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.IsUserspace
        let sockets = device.Namespace.Facts.UdpSockets?.Value is { } read
            ? Safe.List(read.Sockets).Where(socket => (socket.Devices ?? []).Contains(device.RawName)).ToList() : null
        let full = device.Namespace.CounterGrowth("Udp.RcvbufErrors") + device.Namespace.CounterGrowth("Udp6.RcvbufErrors")
        let own = sockets is { Count: > 0 } ? Math.Min(Sum(sockets), full) : (ulong?)null
        where (own ?? full) >= Least
        select Build(device, own, full);

    private static ulong Sum(List<UdpSocketFact> sockets) => sockets.Aggregate(0UL, (sum, socket) => sum + (socket.Drops?.Growth ?? 0));

    private RuleFinding Build(DeviceView device, ulong? own, ulong full)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The program behind {device.Name} on {device.Node.Name} lost {own ?? full} datagrams in {device.Node.Observed:0} s because its receive buffer was full.",
            // Without the socket's own counter another program may have lost them.
            Confidence = own is null ? 0.5 : 0.9,
            Severity = own is null ? Severity.Info : Descriptor.Severity,
        };
        if (own is not null) draft.Evidence(device, $"ss -uamn sport = {device.Fact.ListenPort}: dropped", $"+{own}", "+0", "sock_diag");
        draft.Evidence(device, "nstat UdpRcvbufErrors", $"+{full}", "+0", "/proc/net/snmp");
        var host = device.Node.Namespaces[0];
        if (host.Sysctl(Limit) is > 0 and < Wanted and var limit) draft.Mend(new NamespaceCommands(host).Sysctl(Limit, Wanted, limit));
        foreach (var peer in device.Peers.Where(peer => peer.Fact.Received.Grew)) draft.Affects(peer.Reverse, TunnelState.Degraded);
        return draft.Build();
    }
}
