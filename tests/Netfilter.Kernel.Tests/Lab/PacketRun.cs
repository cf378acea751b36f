// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Netfilter.Kernel.Tests.Interop;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Lab;

/// <summary>Sends packets through the router and collects what came through.</summary>
internal static class PacketRun
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(15);
    // A machine that does much else may deliver late; only a packet that is really lost costs this.
    private static readonly TimeSpan Missing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <param name="lab">The lab.</param>
    /// <param name="packets">Packets, each with a number of its own.</param>
    /// <param name="expected">How many ought to arrive: when fewer did, it is waited longer.</param>
    public static Dictionary<int, Arrival> Send(RouterLab lab, IReadOnlyList<TestPacket> packets, int expected)
    {
        var arrivals = new Dictionary<int, Arrival>();
        Drain(lab, []);
        foreach (var packet in packets)
        {
            SendOne(lab, packet);
            Drain(lab, arrivals);
        }

        var clock = Stopwatch.StartNew();
        var last = clock.Elapsed;
        while (clock.Elapsed - last < Quiet || (arrivals.Count < expected && clock.Elapsed - last < Missing))
        {
            if (clock.Elapsed > Longest) break;
            if (Drain(lab, arrivals)) last = clock.Elapsed;
            else lab.Tap.Wait(milliseconds: 2);
        }

        return arrivals;
    }

    private static void SendOne(RouterLab lab, TestPacket packet)
    {
        if (packet.Path == PacketPath.Output)
        {
            Span<byte> destination = stackalloc byte[16];
            var length = packet.Packet.Destination.WriteNetworkBytes(destination);
            var socket = length == 4 ? lab.Output4 : lab.Output6;
            socket.SetMark(packet.Packet.Mark ?? 0);
            socket.SendTo(packet.Bytes, destination[..length]);
            return;
        }

        var fromFar = packet.Packet.Input!.Name == lab.FarName;
        var frame = new byte[14 + packet.Bytes.Length];
        byte side = fromFar ? (byte)2 : (byte)1;
        ((ReadOnlySpan<byte>)[2, 0, 0, 0, side, 1, 2, 0, 0, 0, side, 2]).CopyTo(frame);
        (frame[12], frame[13]) = packet.Packet.Family == IpFamily.IPv4 ? ((byte)0x08, (byte)0x00) : ((byte)0x86, (byte)0xdd);
        packet.Bytes.CopyTo(frame.AsSpan(14));
        (fromFar ? lab.Far : lab.Wire).Send(frame);
    }

    private static bool Drain(RouterLab lab, Dictionary<int, Arrival> arrivals)
    {
        var any = false;
        while (lab.Tap.Receive() is { } frame)
        {
            any = true;
            if (Arrival.OfFrame(frame) is { } arrival) arrivals.TryAdd(arrival.Number, arrival);
        }

        foreach (var (ipv4, socket) in lab.Local)
        {
            while (socket.Receive() is { } packet)
            {
                any = true;
                if (Arrival.OfLocal(packet, ipv4) is { } arrival) arrivals.TryAdd(arrival.Number, arrival);
            }
        }

        return any;
    }
}
