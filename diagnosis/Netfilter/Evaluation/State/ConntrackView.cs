// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

/// <summary>What connection tracking has made of the packet so far.</summary>
internal sealed class ConntrackView
{
    /// <summary>IPS_* of linux/netfilter/nf_conntrack_common.h.</summary>
    public const uint SeenReply = 2, Assured = 4, Confirmed = 8, SourceNat = 16, DestinationNat = 32, SourceNatDone = 128, DestinationNatDone = 256;

    private readonly PacketConntrack? _given;

    public ConntrackView(FilterPacket packet)
    {
        _given = packet.Conntrack;
        Mark = Bits32.Of(_given?.Mark ?? (State == ConntrackState.New ? 0 : null));
        Status = InitialStatus();
        Original = _given?.Original;
        Answer = _given?.Answer;
    }

    /// <summary>Where on its way the packet is: the hook at priority -200 looks the connection up.</summary>
    public ConntrackPhase Phase { get; set; }

    /// <summary>Null = unknown.</summary>
    public ConntrackState? State => _given?.State;

    /// <summary>There is a connection; null = unknown.</summary>
    public bool? Exists => Phase switch
    {
        ConntrackPhase.Tracked => State is { } known ? known is not (ConntrackState.Invalid or ConntrackState.Untracked) : null,
        _ => false,
    };

    public bool? Reply => State == ConntrackState.New ? false : _given?.Reply;

    public Bits32 Mark { get; set; }

    public Bits32 Status { get; set; }

    public ushort? Zone { get; set; } = 0;

    public ConntrackTuple? Original { get; set; }

    public ConntrackTuple? Answer { get; set; }

    /// <summary>Labels set by rules; null = those of before, which nobody gave.</summary>
    public bool LabelsTouched { get; set; }

    public ConntrackView Clone() => (ConntrackView)MemberwiseClone();

    /// <summary>The connection is looked up (priority -200 of prerouting and output).</summary>
    public void Track(PacketState packet)
    {
        if (Phase != ConntrackPhase.None) return;
        Phase = State == ConntrackState.Untracked ? ConntrackPhase.Untracked : ConntrackPhase.Tracked;
        Zone = _given?.Zone;
        if (State != ConntrackState.New || packet.Source is not { } source || packet.Destination is not { } destination) return;
        var identifier = IpProtocols.IsIcmp(packet.Protocol) ? packet.Transport.UInt16(4) : packet.SourcePort;
        var port = IpProtocols.IsIcmp(packet.Protocol) ? packet.Transport.UInt16(0) : packet.DestinationPort;
        Original ??= new ConntrackTuple(source, destination, identifier, port);
        Answer ??= new ConntrackTuple(destination, source, port, identifier);
    }

    /// <summary>The connection as it is now; state and direction are not changed by rules.</summary>
    public PacketConntrack? ToPacket() => Phase == ConntrackPhase.Untracked && State != ConntrackState.Untracked
        ? new PacketConntrack { State = ConntrackState.Untracked }
        : _given is null ? null : _given with { Mark = Mark.Whole, Status = Status.Whole, Original = Original, Answer = Answer };

    private Bits32 InitialStatus()
    {
        if (_given?.Status is { } given) return Bits32.Of(given);
        return State switch
        {
            ConntrackState.New => Bits32.Of(0),
            ConntrackState.Established => new(SeenReply | Confirmed, SeenReply | Confirmed),
            _ => Bits32.Unknown,
        };
    }
}

/// <summary>How far connection tracking is.</summary>
internal enum ConntrackPhase
{
    /// <summary>Not looked up yet: rules see an invalid packet.</summary>
    None,
    Tracked,
    Untracked,
}
