// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Interop;

/// <summary>A raw or packet socket of the namespace it was opened in; usable from any thread then.</summary>
internal sealed unsafe class RawSocket : IDisposable
{
    private readonly int _descriptor;

    private RawSocket(int family, int type, int protocol)
    {
        _descriptor = PacketNative.Socket(family, type | PacketNative.NonBlocking | PacketNative.CloseOnExec, protocol);
        if (_descriptor < 0) throw new InvalidOperationException($"socket: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Frames of all devices, both directions, or of one device to send by.</summary>
    public static RawSocket Packet(int device, bool receives)
    {
        const ushort all = 3;
        var socket = new RawSocket(PacketNative.AddressFamilyPacket, PacketNative.Raw, receives ? BinaryPrimitives.ReverseEndianness(all) : 0);
        Span<byte> address = stackalloc byte[20];
        address.Clear();
        BitConverter.TryWriteBytes(address, (ushort)PacketNative.AddressFamilyPacket);
        if (receives) BinaryPrimitives.WriteUInt16BigEndian(address[2..], all);
        BitConverter.TryWriteBytes(address[4..], device);
        fixed (byte* pointer = address) socket.Check(PacketNative.Bind(socket._descriptor, pointer, (uint)address.Length), "bind");
        if (receives) socket.ListenWithMark();
        return socket;
    }

    /// <summary>Packets of a protocol that this node takes, after the input hook.</summary>
    public static RawSocket Local(bool ipv4, int protocol)
    {
        var socket = new RawSocket(ipv4 ? PacketNative.AddressFamilyInet : PacketNative.AddressFamilyInet6, PacketNative.Raw, protocol);
        socket.ListenWithMark();
        if (!ipv4) socket.Option(PacketNative.LevelIpv6, PacketNative.ReceivePacketInfo6, 1);
        return socket;
    }

    /// <summary>Sends packets with their IP header.</summary>
    public static RawSocket Sender(bool ipv4)
    {
        const int raw = 255;
        var socket = new RawSocket(ipv4 ? PacketNative.AddressFamilyInet : PacketNative.AddressFamilyInet6, PacketNative.Raw, raw);
        socket.Option(ipv4 ? PacketNative.LevelIp : PacketNative.LevelIpv6, ipv4 ? PacketNative.HeaderIncluded : PacketNative.HeaderIncluded6, 1);
        return socket;
    }

    public void SetMark(uint mark) => Option(PacketNative.LevelSocket, PacketNative.Mark, (int)mark);

    /// <summary>Sends a frame by the device the socket is bound to.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* data = frame) Check((int)PacketNative.SendTo(_descriptor, data, (nuint)frame.Length, 0, null, 0), "send");
    }

    /// <summary>Sends an IP packet; false when the kernel refused (a drop in the output hook is EPERM).</summary>
    public bool SendTo(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> destination)
    {
        Span<byte> address = stackalloc byte[destination.Length == 4 ? 16 : 28];
        address.Clear();
        BitConverter.TryWriteBytes(address, (ushort)(destination.Length == 4 ? PacketNative.AddressFamilyInet : PacketNative.AddressFamilyInet6));
        destination.CopyTo(address[(destination.Length == 4 ? 4 : 8)..]);
        fixed (byte* data = packet)
        fixed (byte* to = address)
            return PacketNative.SendTo(_descriptor, data, (nuint)packet.Length, 0, to, (uint)address.Length) >= 0;
    }

    /// <summary>Receives what is there; null when nothing is.</summary>
    public Received? Receive()
    {
        var buffer = new byte[4096];
        Span<byte> name = stackalloc byte[128];
        Span<byte> control = stackalloc byte[256];
        fixed (byte* data = buffer)
        fixed (byte* namePointer = name)
        fixed (byte* controlPointer = control)
        {
            var vector = new IoVector { Base = data, Length = (nuint)buffer.Length };
            var header = new MessageHeader { Name = namePointer, NameLength = 128, Vectors = &vector, VectorCount = 1, Control = controlPointer, ControlLength = 256 };
            var length = PacketNative.Receive(_descriptor, &header, 0);
            return length < 0 ? null : new Received(buffer[..(int)length], name[..(int)header.NameLength].ToArray(), control[..(int)header.ControlLength].ToArray());
        }
    }

    /// <summary>Waits until something can be received, but no longer than this.</summary>
    public void Wait(int milliseconds)
    {
        const short readable = 1;
        var request = new PollRequest { Descriptor = _descriptor, Events = readable };
        PacketNative.Poll(&request, 1, milliseconds);
    }

    public void Dispose() => PacketNative.Close(_descriptor);

    private void ListenWithMark()
    {
        Option(PacketNative.LevelSocket, PacketNative.ReceiveMark, 1);
        Option(PacketNative.LevelSocket, PacketNative.ReceiveBufferForce, 16 << 20);
    }

    private void Option(int level, int name, int value) => Check(PacketNative.SetOption(_descriptor, level, name, &value, sizeof(int)), $"setsockopt {level} {name}");

    private void Check(int result, string what)
    {
        if (result < 0) throw new InvalidOperationException($"{what}: errno {Marshal.GetLastPInvokeError()}");
    }
}

/// <summary>A message with where it came from and its control data.</summary>
internal sealed record Received(byte[] Data, byte[] Name, byte[] Control)
{
    /// <summary>sll_pkttype of a packet socket: 4 = outgoing.</summary>
    public byte PacketType => Name[10];

    /// <summary>sll_ifindex of a packet socket.</summary>
    public int Device => BitConverter.ToInt32(Name, 4);

    /// <summary>SO_MARK of the control data.</summary>
    public uint? PacketMark => Find(PacketNative.LevelSocket, PacketNative.Mark) is { } mark ? BitConverter.ToUInt32(mark) : null;

    public byte[]? Find(int level, int type)
    {
        var start = 0;
        while (start + 16 <= Control.Length)
        {
            var length = (int)BitConverter.ToInt64(Control, start);
            if (length < 16 || start + length > Control.Length) return null;
            if (BitConverter.ToInt32(Control, start + 8) == level && BitConverter.ToInt32(Control, start + 12) == type) return Control[(start + 16)..(start + length)];
            start += (length + 7) & ~7;
        }

        return null;
    }
}
