// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Conntrack;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Conntrack;

/// <summary>The size of the table must not matter to the memory of the probe.</summary>
public sealed class ConntrackStreamingTests
{
    /// <summary>About as many as the kernel puts into a datagram.</summary>
    private const int PerDatagram = 125;

    [Fact]
    public void Read_AMillionEntries_AllocatesNothingForThoseThatAreNotKept()
    {
        // Once for the runtime: the first pass compiles and fills its caches.
        Read(datagrams: 10).Seen.ShouldBe(10 * PerDatagram);

        var few = AllocatedBy(datagrams: 80);
        var many = AllocatedBy(datagrams: 8000);
        // The runtime takes some hundred bytes for itself when it compiles a loop anew. One object for each datagram would be 190,000 bytes, one for each entry 24 million.
        (many - few).ShouldBeLessThan(8192, $"{8000 * PerDatagram} entries allocated {many} bytes, {80 * PerDatagram} entries {few}");
        many.ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public void Read_AMillionEntries_CountsAndKeepsAFew()
    {
        var flows = Read(datagrams: 8000);
        flows.Seen.ShouldBe(1_000_000);
        flows.Complete.ShouldBeTrue();
        flows.Counts.Sum(count => count.Entries).ShouldBe(1_000_000);
        // One of 125 is inside 10.244.0.0/16, and it is the same one in every datagram.
        flows.InnerSeen.ShouldBe(1);
        flows.Inner.Count.ShouldBe(1);
    }

    private static long AllocatedBy(int datagrams)
    {
        using var transport = new EndlessTransport(datagrams);
        using var connection = new NetlinkConnection(transport);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ConntrackFlowReader.Read(connection, [Device], new ConntrackLimits(), TestDeadline.Far);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Diagnosis.Facts.Conntrack.ConntrackFlows Read(int datagrams)
    {
        using var connection = new NetlinkConnection(new EndlessTransport(datagrams));
        return ConntrackFlowReader.Read(connection, [Device], new ConntrackLimits(), TestDeadline.Far).Value.ShouldNotBeNull();
    }

    private static WireGuardDeviceFact Device => new()
    {
        Name = "wg0",
        Implementation = WireGuardImplementation.Kernel,
        ListenPort = 51820,
        Peers =
        [
            new WireGuardPeerFact
            {
                PublicKey = "a", Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.1"), 51820), AllowedIps = [IpPrefix.Parse("10.244.0.0/16"), IpPrefix.Parse("0.0.0.0/0")],
            },
        ],
    };

    /// <summary>Gives the same datagram again and again, then the end. It does not simulate waiting.</summary>
    private sealed class EndlessTransport(int datagrams) : INetlinkTransport
    {
        private readonly byte[] _datagram = Wire.Join(
            [.. Enumerable.Range(0, PerDatagram - 1).Select(i => i % 2 == 0 ? CtWire.Udp((uint)i, "10.0.0.1", 1000 + i, "192.0.2.7", 53) : CtWire.Tcp((uint)i, "fd00::1", "fd01::1", 3)),
                CtWire.Udp(9999, "10.244.1.1", 1, "10.0.0.1", 53)]);
        private readonly byte[] _end = Wire.Done();
        private int _left = datagrams;

        public uint PortId => 1;

        public int Send(ReadOnlySpan<byte> message)
        {
            SetSequence(_datagram, MemoryMarshal.Read<uint>(message[8..]));
            SetSequence(_end, MemoryMarshal.Read<uint>(message[8..]));
            return 0;
        }

        public NetlinkReceipt Receive(Span<byte> buffer, Deadline deadline)
        {
            var next = _left-- > 0 ? _datagram : _end;
            next.CopyTo(buffer);
            return NetlinkReceipt.Datagram(next.Length, 0);
        }

        public void Dispose()
        {
        }

        private static void SetSequence(byte[] datagram, uint sequence)
        {
            for (var at = 0; at < datagram.Length; at += NetlinkConstants.Align(MemoryMarshal.Read<int>(datagram.AsSpan(at))))
                MemoryMarshal.Write(datagram.AsSpan(at + 8), sequence);
        }
    }
}
