// SPDX-License-Identifier: Apache-2.0

using System.Collections.Frozen;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Sockets;

/// <summary>The readers of sockets as entries of <see cref="NamespaceReaders"/>.</summary>
internal static class SocketReading
{
    public const string Name = "udp-sockets";
    public const string OwnersName = "socket-owners";

    public static void Read(NamespaceReading reading) => Read(reading, FrozenSet<ushort>.Empty);

    /// <summary>Reads the sockets on the ports of this namespace's devices and on those of others, which may have been moved away from here.</summary>
    public static void Read(NamespaceReading reading, IReadOnlySet<ushort> also)
    {
        var facts = reading.Facts;
        IReadOnlyList<WireGuardDeviceFact> devices = [.. facts.KernelWireGuard.Value ?? [], .. facts.UserspaceWireGuard.Value ?? []];
        reading.Facts = facts with
        {
            UdpSockets = reading.RunNetlink(
                FactSources.UdpSockets, SockDiag.Protocol, secret: false, (connection, deadline) => UdpSocketReader.Read(connection, devices, also, deadline)),
        };
    }

    public static void ReadOwners(NamespaceReading reading)
    {
        var facts = reading.Facts;
        var sockets = facts.UdpSockets;
        HashSet<ushort> kernelPorts = [.. (facts.KernelWireGuard.Value ?? []).Select(device => device.ListenPort)];
        var procRoot = reading.Environment.ProcRoot;
        reading.Facts = facts with
        {
            SocketOwners = reading.Run(FactSources.SocketOwners, deadline => sockets?.Value is { } known
                ? SocketOwnerReader.Read(procRoot, known.Sockets, kernelPorts, deadline)
                : Reading<SocketOwnersFact>.None(
                    sockets?.NotAvailable?.Reason ?? NotAvailableReason.Failed, $"which sockets there are is not known: {sockets?.NotAvailable?.Detail}")),
        };
    }

    /// <summary>Writes the growth of drops; a socket is the same as long as its cookie is.</summary>
    public static NamespaceFacts Merge(NamespaceFacts start, NamespaceFacts end)
    {
        if (start.UdpSockets?.Value is not { } before || end.UdpSockets is not { Value: { } after } fact) return end;
        var known = before.Sockets.ToLookup(socket => socket.Cookie, socket => socket.Drops);
        return end with
        {
            UdpSockets = fact with
            {
                Value = after with
                {
                    Drops = Counter.Between(before.Drops.Value, after.Drops.Value),
                    Sockets = [.. after.Sockets.Select(socket => socket with { Drops = Between(known[socket.Cookie].FirstOrDefault(), socket.Drops) })],
                },
            },
        };
    }

    private static Counter? Between(Counter? start, Counter? end) =>
        start is { } first && end is { } last ? Counter.Between(first.Value, last.Value) : end;
}
