// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Matches of the packet's connection.</summary>
internal static class XtConnectionMatches
{
    private const string NoConnection = "whether it belongs to a connection";

    public static XtAnswer Answer(EvaluationRun run, XtConntrack match)
    {
        var view = run.State.Conntrack;
        var answer = XtAnswer.Yes;
        if (match.States is { } states) answer = States(view, states).Invert(match.StatesInverted);
        // Without a connection nothing else can be looked at: only a match of the state can have been one.
        if (view.Exists == false) return match.States is null ? XtAnswer.No : answer;
        var rest = Rest(run, match, view);
        return view.Exists is null && rest is { Value: not Tri.Yes } && answer.Value != Tri.No ? XtAnswer.Unknown(NoConnection) : answer.And(rest);
    }

    public static XtAnswer Answer(EvaluationRun run, XtConnmark match) => run.State.Conntrack.Exists switch
    {
        false => XtAnswer.No,
        null => XtAnswer.Unknown(NoConnection),
        _ => XtPacketMatches.Mark(run.State.Conntrack.Mark, match.Mark, match.Mask, "the mark of the connection").Invert(match.Inverted),
    };

    /// <summary>Only a connection that a helper expected has one.</summary>
    public static XtAnswer Answer(EvaluationRun run, XtHelper match) => run.State.Conntrack switch
    {
        { Exists: false } or { State: ConntrackState.New } => XtAnswer.Of(match.Inverted),
        _ => XtAnswer.Unknown("the helper of the connection"),
    };

    public static XtAnswer Answer(EvaluationRun run, XtConnlabel match) => run.State.Conntrack switch
    {
        { Exists: false } => XtAnswer.Of(match.Inverted),
        { State: ConntrackState.New, LabelsTouched: false } when !match.Set => XtAnswer.Of(match.Inverted),
        _ => XtAnswer.Unknown("the labels of the connection"),
    };

    private static XtAnswer States(ConntrackView view, XtConntrackStates wanted)
    {
        var bit = view.Phase switch
        {
            ConntrackPhase.None => XtConntrackStates.Invalid,
            ConntrackPhase.Untracked => XtConntrackStates.Untracked,
            _ => view.State switch
            {
                ConntrackState.New => XtConntrackStates.New,
                ConntrackState.Established => XtConntrackStates.Established,
                ConntrackState.Related => XtConntrackStates.Related,
                ConntrackState.Invalid => XtConntrackStates.Invalid,
                ConntrackState.Untracked => XtConntrackStates.Untracked,
                _ => XtConntrackStates.None,
            },
        };
        if (bit == XtConntrackStates.None) return XtAnswer.Unknown("the state of the connection");
        if ((wanted & bit) != XtConntrackStates.None) return XtAnswer.Yes;
        if (view.Exists == false) return XtAnswer.No;
        var status = ((wanted & XtConntrackStates.Snat) != XtConntrackStates.None ? ConntrackView.SourceNat : 0) | ((wanted & XtConntrackStates.Dnat) != XtConntrackStates.None ? ConntrackView.DestinationNat : 0);
        return AnyBit(view.Status, status, "whether the connection is translated");
    }

    private static XtAnswer Rest(EvaluationRun run, XtConntrack match, ConntrackView view)
    {
        var answer = XtAnswer.Yes;
        if (match.OriginalDirection is { } direction) answer = XtAnswer.Of(view.Reply, reply => reply != direction, "the direction in the connection");
        if (match.Protocol is { } protocol) answer = answer.And(XtAnswer.Of((run.State.Protocol == protocol) != match.ProtocolInverted));
        answer = answer.And(Address(view.Original?.Source, match.OriginalSource)).And(Address(view.Original?.Destination, match.OriginalDestination))
            .And(Address(view.Answer?.Source, match.ReplySource)).And(Address(view.Answer?.Destination, match.ReplyDestination))
            .And(Port(view.Original?.SourcePort, match.OriginalSourcePort)).And(Port(view.Original?.DestinationPort, match.OriginalDestinationPort))
            .And(Port(view.Answer?.SourcePort, match.ReplySourcePort)).And(Port(view.Answer?.DestinationPort, match.ReplyDestinationPort));
        if (match.Status is { } status) answer = answer.And(AnyBit(view.Status, status, "the status of the connection").Invert(match.StatusInverted));
        return match.Expires is null ? answer : answer.And(XtAnswer.Unknown("when the connection expires"));
    }

    private static XtAnswer AnyBit(Bits32 status, uint mask, string missing) =>
        (status.Value & mask) != 0 ? XtAnswer.Yes : (mask & ~status.Known) == 0 ? XtAnswer.No : XtAnswer.Unknown(missing);

    private static XtAnswer Address(Net.IpAddr? address, XtAddress? wanted)
    {
        if (wanted is null) return XtAnswer.Yes;
        var answer = XtHeaderMatches.Address(address, wanted);
        return answer == Tri.Unknown ? XtAnswer.Unknown("the addresses of the connection") : new XtAnswer(answer);
    }

    private static XtAnswer Port(ushort? port, XtPortRange? wanted) => wanted is null
        ? XtAnswer.Yes
        : XtAnswer.Of(port, known => (known >= wanted.From && known <= wanted.To) != wanted.Inverted, "the ports of the connection");
}
