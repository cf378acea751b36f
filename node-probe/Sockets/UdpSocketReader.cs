// SPDX-License-Identifier: Apache-2.0

using System.Collections.Frozen;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Sockets;

/// <summary>Reads the UDP sockets of a namespace (sock_diag) and keeps those on the listen ports of WireGuard devices.</summary>
internal static class UdpSocketReader
{
    /// <summary>The most sockets that are kept; a port has a handful, unless a program makes one for each CPU with SO_REUSEPORT.</summary>
    public const int MaxKept = 1024;

    private static readonly byte[] Families = [2, 10];

    /// <summary>Reads both families; <paramref name="devices"/> say which ports are of interest.</summary>
    public static Reading<UdpSocketsFact> Read(NetlinkConnection connection, IReadOnlyList<WireGuardDeviceFact> devices, Deadline deadline) =>
        Read(connection, devices, FrozenSet<ushort>.Empty, deadline);

    /// <summary>Reads both families; the devices of this namespace and <paramref name="also"/> say which ports are of interest.</summary>
    public static Reading<UdpSocketsFact> Read(
        NetlinkConnection connection, IReadOnlyList<WireGuardDeviceFact> devices, IReadOnlySet<ushort> also, Deadline deadline)
    {
        var names = devices.Where(device => device.ListenPort != 0).ToLookup(device => device.ListenPort, device => device.Name);
        var kept = new List<UdpSocketFact>();
        long seen = 0;
        ulong drops = 0;
        var (unknown, cut, interrupted) = (0, false, false);
        Span<byte> request = stackalloc byte[SockDiag.RequestSize];
        foreach (var family in Families)
        {
            var handler = new SocketHandler(port => names.Contains(port) || also.Contains(port));
            var result = connection.Execute(SockDiag.WriteRequest(request, family), handler, deadline);
            if (!result.IsOk) return IsAbsent(result) ? Absent(result) : Reading<UdpSocketsFact>.None(result);
            kept.AddRange(handler.Sockets);
            seen += handler.Seen;
            drops += handler.Drops;
            unknown += handler.Unknown;
            cut |= handler.Cut;
            interrupted |= result.Interrupted;
        }

        var fact = new UdpSocketsFact { Seen = seen, Drops = new Counter(drops), Sockets = PortSharing.Mark([.. kept.Select(WithDevices)]) };
        return Reading<UdpSocketsFact>.Of(fact, interrupted, unknown, cut ? $"sockets: only the first {MaxKept} of a family" : null, seen);

        UdpSocketFact WithDevices(UdpSocketFact socket) => socket with { Devices = [.. names[socket.LocalPort]] };
    }

    // The kernel has no udp_diag.
    private static bool IsAbsent(NetlinkResult result) => result.IsRefusedWith(Errno.NoEntry);

    private static Reading<UdpSocketsFact> Absent(NetlinkResult result) =>
        Reading<UdpSocketsFact>.None(NotAvailableReason.NotPresent, $"the kernel cannot list UDP sockets: {result.Describe()}");

    private sealed class SocketHandler(Func<ushort, bool> isWanted) : INetlinkMessageHandler
    {
        private readonly List<UdpSocketFact> _sockets = [];
        private int _unknown;

        public IReadOnlyList<UdpSocketFact> Sockets => _sockets;

        public long Seen { get; private set; }

        public ulong Drops { get; private set; }

        public bool Cut { get; private set; }

        public int Unknown => _unknown;

        public void Begin()
        {
            _sockets.Clear();
            (Seen, Drops, Cut, _unknown) = (0, 0, false, 0);
        }

        public void Handle(in NetlinkMessage message)
        {
            if (message.Type != SockDiag.MessageByFamily || UdpSocketDecoder.LocalPortOf(message.Payload) is not { } port)
            {
                _unknown++;
                return;
            }

            Seen++;
            Drops += UdpSocketDecoder.DropsOf(message.Payload, ref _unknown);
            if (!isWanted(port)) return;
            if (_sockets.Count < MaxKept) _sockets.Add(UdpSocketDecoder.Decode(message.Payload, ref _unknown));
            else Cut = true;
        }
    }
}
