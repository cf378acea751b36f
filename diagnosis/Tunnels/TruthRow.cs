// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>One row of the truth table of a directed pair.</summary>
/// <param name="Number">Number of the row; rows that the counters alone cannot tell apart have both.</param>
/// <param name="Verdict">What it means.</param>
internal sealed record TruthRow(string Number, PairVerdict Verdict)
{
    public CounterMove SentHere { get; init; } = CounterMove.Any;

    public CounterMove ReceivedHere { get; init; } = CounterMove.Any;

    public CounterMove ReceivedThere { get; init; } = CounterMove.Any;

    public CounterMove SentThere { get; init; } = CounterMove.Any;

    public SessionMark Here { get; init; } = SessionMark.Any;

    public SessionMark There { get; init; } = SessionMark.Any;

    /// <summary>All of these must be there.</summary>
    public PairSigns With { get; init; }

    /// <summary>None of these may be there.</summary>
    public PairSigns Without { get; init; }

    /// <summary>True when the row also holds for totals of two ends that never had a session.</summary>
    public bool HoldsSinceEver { get; init; }

    /// <summary>The tunnel's state; null when the row says nothing against it.</summary>
    public TunnelState? State { get; init; }

    /// <summary>Where the packets get to, in words, after "A to B:".</summary>
    public required string Text { get; init; }

    public bool Fits(PairSignature signature) =>
        (signature.Basis == PairBasis.Window || (HoldsSinceEver && signature.Basis == PairBasis.SinceEver))
        && (SentHere & signature.SentHere) != CounterMove.None
        && (ReceivedHere & signature.ReceivedHere) != CounterMove.None
        && (ReceivedThere & signature.ReceivedThere) != CounterMove.None
        && (SentThere & signature.SentThere) != CounterMove.None
        && (Here & signature.Here) != SessionMark.None
        && (There & signature.There) != SessionMark.None
        && (signature.Signs & With) == With
        && (signature.Signs & Without) == PairSigns.None;
}

/// <summary>How far packets of a directed pair get.</summary>
internal enum PairVerdict
{
    /// <summary>Outer packets do not get to the receiver's sockets: the way, or a filter before the socket.</summary>
    NothingArrives,

    /// <summary>They get to a port nobody listens on.</summary>
    WrongPort,

    /// <summary>Nothing is accepted; whether it arrives is not known.</summary>
    NothingAccepted,

    /// <summary>Initiations are accepted and answered, and the answers do not arrive.</summary>
    AnswerLost,

    /// <summary>Initiations are accepted and answered, and the answers are refused.</summary>
    AnswerRefused,

    /// <summary>One of the two.</summary>
    AnswerLostOrRefused,

    /// <summary>Handshakes pass and data does not.</summary>
    DataLost,

    /// <summary>Data is decrypted and its inner source refused.</summary>
    SourceRefused,

    /// <summary>Data is accepted; the host behind does not forward it.</summary>
    NotForwarded,

    /// <summary>Data is accepted; the host behind refuses its source.</summary>
    ReversePath,

    /// <summary>Data is accepted; the host behind has no route for it.</summary>
    NoRouteBehind,

    /// <summary>Data arrives, and nothing comes back: a filter, the target, the way back, or a stream that needs no answer.</summary>
    NoAnswer,

    /// <summary>Nothing is sent.</summary>
    NothingSent,

    /// <summary>The sender's device refuses what it is given.</summary>
    NoOwner,

    /// <summary>The outer packets go into the tunnel again.</summary>
    Loops,

    /// <summary>Two devices use one key, or the address behind it changes.</summary>
    TwoPlaces,

    /// <summary>Sent data is lost before it is decrypted.</summary>
    NothingDecrypted,

    /// <summary>A part is lost on the way.</summary>
    Loss,

    /// <summary>Data goes both ways.</summary>
    BothWays,
}
