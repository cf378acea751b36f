// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

/// <summary>The packet on its way: what rules change is here, everything else in <see cref="Packet"/>.</summary>
internal sealed class PacketState
{
    public PacketState(FilterPacket packet)
    {
        Packet = packet;
        Network = HeaderBuilder.Network(packet);
        Transport = HeaderBuilder.Transport(packet);
        Link = HeaderBuilder.Link(packet);
        Mark = Bits32.Of(packet.Mark);
        Priority = packet.Priority;
        PacketType = packet.PacketType;
        Input = packet.Input;
        Output = packet.Output;
        Conntrack = new ConntrackView(packet);
    }

    private PacketState(PacketState other)
    {
        Packet = other.Packet;
        Network = other.Network.Clone();
        Transport = other.Transport.Clone();
        Link = other.Link;
        Mark = other.Mark;
        Priority = other.Priority;
        PacketType = other.PacketType;
        Input = other.Input;
        Output = other.Output;
        Conntrack = other.Conntrack.Clone();
        Changes = other.Changes;
        MarkVersion = other.MarkVersion;
        Rewrites.AddRange(other.Rewrites);
        Added.AddRange(other.Added);
    }

    public FilterPacket Packet { get; }

    public HeaderBytes Network { get; }

    public HeaderBytes Transport { get; }

    public HeaderBytes Link { get; }

    public Bits32 Mark { get; set; }

    public uint? Priority { get; set; }

    public byte? PacketType { get; set; }

    public PacketInterface? Input { get; set; }

    public PacketInterface? Output { get; set; }

    public ConntrackView Conntrack { get; }

    /// <summary>Counts what rules changed in the packet, the connection or sets; equal numbers = nothing happened between.</summary>
    public int Changes { get; set; }

    /// <summary>Counts how often the mark was set.</summary>
    public int MarkVersion { get; private set; }

    public List<PacketRewrite> Rewrites { get; } = [];

    /// <summary>Elements that rules added to or deleted from sets for this packet, latest last.</summary>
    public List<SetChange> Added { get; } = [];

    public bool IsIpv4 => Packet.Family == IpFamily.IPv4;

    public byte Protocol => Packet.Protocol;

    public IpAddr? Source => Address(IsIpv4 ? 12 : 8);

    public IpAddr? Destination => Address(IsIpv4 ? 16 : 24);

    public ushort? SourcePort => IpProtocols.HasPorts(Protocol) ? Transport.UInt16(0) : null;

    public ushort? DestinationPort => IpProtocols.HasPorts(Protocol) ? Transport.UInt16(2) : null;

    /// <summary>TOS or traffic class.</summary>
    public byte? TrafficClass => IsIpv4
        ? Network.Byte(1)
        : Network.Known[0] == 0xff && (Network.Known[1] & 0xf0) == 0xf0 ? (byte)(Network.Data[0] << 4 | Network.Data[1] >> 4) : null;

    public byte? HopLimit => Network.Byte(IsIpv4 ? 8 : 7);

    public PacketState Clone() => new(this);

    /// <summary>Sets the mark and says whether that changed it.</summary>
    public bool SetMark(Bits32 mark)
    {
        if (mark == Mark && mark.Whole is not null) return false;
        Mark = mark;
        MarkVersion++;
        Changes++;
        return true;
    }

    /// <summary>Overwrites an address; null = unknown.</summary>
    public void SetAddress(bool source, IpAddr? address)
    {
        var (offset, length) = AddressPlace(source);
        if (address is not { } known)
        {
            Network.SetUnknown(offset, length);
            return;
        }

        Span<byte> bytes = stackalloc byte[16];
        known.WriteNetworkBytes(bytes);
        Network.Set(offset, bytes[..length]);
    }

    /// <summary>Where the address stands in the network header.</summary>
    public (int Offset, int Length) AddressPlace(bool source) => IsIpv4 ? (source ? 12 : 16, 4) : (source ? 8 : 24, 16);

    public void SetTrafficClass(byte value)
    {
        if (IsIpv4)
        {
            Network.SetByte(1, value);
            return;
        }

        Network.SetByte(0, (byte)(0x60 | value >> 4));
        Network.SetByte(1, (byte)(value << 4 | (Network.Data[1] & 0x0f)), (byte)(0xf0 | (Network.Known[1] & 0x0f)));
    }

    /// <summary>The packet as it is now.</summary>
    public FilterPacket ToPacket() => Packet with
    {
        Source = Source ?? Packet.Source,
        Destination = Destination ?? Packet.Destination,
        SourcePort = IpProtocols.HasPorts(Protocol) ? SourcePort : Packet.SourcePort,
        DestinationPort = IpProtocols.HasPorts(Protocol) ? DestinationPort : Packet.DestinationPort,
        TrafficClass = TrafficClass,
        HopLimit = HopLimit,
        Mark = Mark.Whole,
        Priority = Priority,
        PacketType = PacketType,
        Input = Input,
        Output = Output,
        Conntrack = Conntrack.ToPacket(),
    };

    private IpAddr? Address(int offset)
    {
        var length = IsIpv4 ? 4 : 16;
        return Network.IsKnown(offset, length) && IpAddr.TryFromNetworkBytes(Network.Data.Slice(offset, length), out var address) ? address : null;
    }
}

/// <summary>An element a rule added to a set or deleted from it.</summary>
internal sealed record SetChange(NetfilterSet Set, HexBytes Key, HexBytes? Data, bool Deleted);
