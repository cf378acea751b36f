// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>
/// The truth table of a directed pair: what the four byte counters of both ends mean together. First row that fits; the sharper ones of a number stand
/// first. Where counters cannot decide between two rows, the row has both numbers and the weaker verdict.
/// </summary>
internal static class TruthTable
{
    private const CounterMove Tries = CounterMove.Initiations | CounterMove.Mixed;
    private const CounterMove Silent = CounterMove.Flat | CounterMove.Keepalives;
    private const PairSigns KeysKnown = PairSigns.PresharedKeysEqual | PairSigns.PresharedKeysDiffer;

    public static IReadOnlyList<TruthRow> Rows { get; } = [.. Sending, .. Handshakes, .. Data];

    private static TruthRow[] Sending =>
    [
        new("14", PairVerdict.Loops)
        {
            SentHere = CounterMove.Data, ReceivedHere = Silent, With = PairSigns.ExplodesHere, State = TunnelState.OneWay,
            Text = "it sends far more than it is given; the outer packets go into the tunnel again",
        },
        new("13", PairVerdict.NoOwner)
        {
            SentHere = CounterMove.Flat, ReceivedHere = CounterMove.Flat, With = PairSigns.NoOwnerHere, Here = SessionMark.Any,
            Text = "its device refuses packets: no peer owns their destination, or the peer has no endpoint",
        },
        new("12", PairVerdict.NothingSent)
        {
            SentHere = CounterMove.Flat, ReceivedHere = CounterMove.Flat, ReceivedThere = CounterMove.Flat, SentThere = CounterMove.Flat,
            Text = "nothing enters the tunnel",
        },
    ];

    private static TruthRow[] Handshakes =>
    [
        new("1", PairVerdict.WrongPort)
        {
            SentHere = Tries, ReceivedHere = CounterMove.Flat, ReceivedThere = CounterMove.Flat, SentThere = CounterMove.Flat | Tries,
            With = PairSigns.NoPortsThere | PairSigns.DatagramsFlatThere, HoldsSinceEver = true, State = TunnelState.NoHandshake,
            Text = "initiations arrive at a port on which nobody listens",
        },
        new("1", PairVerdict.NothingArrives)
        {
            SentHere = Tries, ReceivedHere = CounterMove.Flat, ReceivedThere = CounterMove.Flat, SentThere = CounterMove.Flat | Tries,
            With = PairSigns.DatagramsFlatThere, HoldsSinceEver = true, State = TunnelState.NoHandshake,
            Text = "initiations do not get to the other end's socket: the way, or a filter before the socket",
        },
        new("1-2", PairVerdict.NothingAccepted)
        {
            SentHere = Tries, ReceivedHere = CounterMove.Flat, ReceivedThere = CounterMove.Flat, SentThere = CounterMove.Flat | Tries,
            HoldsSinceEver = true, State = TunnelState.NoHandshake,
            Text = "the other end accepted none of the initiations",
        },
        new("4", PairVerdict.AnswerRefused)
        {
            SentHere = Tries, ReceivedHere = CounterMove.Flat, ReceivedThere = Tries, SentThere = CounterMove.Responses | CounterMove.Mixed,
            With = PairSigns.PresharedKeysDiffer, HoldsSinceEver = true, State = TunnelState.NoHandshake,
            Text = "initiations are answered, and the answers do not open with this end's preshared key",
        },
        new("3", PairVerdict.AnswerLost)
        {
            SentHere = Tries, ReceivedHere = CounterMove.Flat, ReceivedThere = Tries, SentThere = CounterMove.Responses | CounterMove.Mixed,
            With = PairSigns.PresharedKeysEqual, HoldsSinceEver = true, State = TunnelState.NoHandshake,
            Text = "initiations arrive and are answered, and the answers do not come back",
        },
        new("3-4", PairVerdict.AnswerLostOrRefused)
        {
            SentHere = Tries, ReceivedHere = CounterMove.Flat, ReceivedThere = Tries, SentThere = CounterMove.Responses | CounterMove.Mixed,
            Without = KeysKnown, HoldsSinceEver = true, State = TunnelState.NoHandshake,
            Text = "initiations are answered, and the answers are lost or do not open with this end's preshared key",
        },
    ];

    private static TruthRow[] Data =>
    [
        new("17", PairVerdict.BothWays)
        {
            SentHere = CounterMove.AnyData, ReceivedHere = CounterMove.AnyData, ReceivedThere = CounterMove.AnyData, Without = PairSigns.Loss,
            Text = "data goes both ways",
        },
        new("6", PairVerdict.SourceRefused)
        {
            // The kernel counts only what it accepts; a userspace device counts what it could decrypt. The sign knows which it is.
            SentHere = CounterMove.Data, ReceivedHere = CounterMove.NoData, ReceivedThere = CounterMove.Known, With = PairSigns.RefusedThere,
            State = TunnelState.RejectedByAllowedIps,
            Text = "the other end decrypted packets and refused their source",
        },
        new("15", PairVerdict.TwoPlaces)
        {
            SentHere = CounterMove.Data, ReceivedHere = CounterMove.Flat, ReceivedThere = CounterMove.Flat, SentThere = CounterMove.AnyData,
            There = SessionMark.Fresh, With = PairSigns.EndpointMovedThere, State = TunnelState.OneWay,
            Text = "the other end talks to somebody else under this key",
        },
        new("5", PairVerdict.DataLost)
        {
            SentHere = CounterMove.Data, ReceivedHere = CounterMove.NoData, ReceivedThere = CounterMove.Handshakes,
            Here = SessionMark.Fresh, There = SessionMark.Fresh, With = PairSigns.SmallPackets, State = TunnelState.OneWay,
            Text = "handshakes pass, data does not, small packets neither",
        },
        new("5", PairVerdict.DataLost)
        {
            SentHere = CounterMove.Data, ReceivedHere = CounterMove.NoData, ReceivedThere = CounterMove.Handshakes | CounterMove.Keepalives,
            State = TunnelState.OneWay,
            Text = "the other end received handshakes and keepalives only",
        },
        new("5", PairVerdict.NothingDecrypted)
        {
            SentHere = CounterMove.Data, ReceivedHere = CounterMove.NoData, ReceivedThere = CounterMove.Flat, State = TunnelState.OneWay,
            Text = "the other end received none of it",
        },
        new("5", PairVerdict.NothingDecrypted)
        {
            // Data comes from there, so that its flat counter must be of the very same time to mean something.
            SentHere = CounterMove.Data, ReceivedHere = CounterMove.AnyData, ReceivedThere = CounterMove.Flat, With = PairSigns.Aligned,
            Without = PairSigns.RefusedThere, State = TunnelState.OneWay,
            Text = "the other end received none of it, while its own data arrives here",
        },
        new("7", PairVerdict.NotForwarded)
        {
            SentHere = CounterMove.Data, ReceivedHere = Silent, ReceivedThere = CounterMove.AnyData, SentThere = CounterMove.Flat,
            With = PairSigns.AddressErrorsThere, State = TunnelState.DroppedAfterDecrypt,
            Text = "the other end received it, and its host does not forward it (InAddrErrors grew)",
        },
        new("8", PairVerdict.ReversePath)
        {
            SentHere = CounterMove.Data, ReceivedHere = Silent, ReceivedThere = CounterMove.AnyData, SentThere = CounterMove.Flat,
            With = PairSigns.ReversePathThere, State = TunnelState.DroppedAfterDecrypt,
            Text = "the other end received it, and its host refused the source (IPReversePathFilter grew)",
        },
        new("9-11", PairVerdict.NoRouteBehind)
        {
            SentHere = CounterMove.Data, ReceivedHere = Silent, ReceivedThere = CounterMove.AnyData, SentThere = CounterMove.Flat,
            With = PairSigns.NoRoutesThere, State = TunnelState.DroppedAfterDecrypt,
            Text = "the other end received it, and its host has no route for it (InNoRoutes grew)",
        },
        new("9-11", PairVerdict.NoAnswer)
        {
            SentHere = CounterMove.Data, ReceivedHere = Silent, ReceivedThere = CounterMove.AnyData, SentThere = CounterMove.NoData,
            Without = PairSigns.Loss,
            Text = "the other end received it; nothing comes back, which a stream without answers does as well",
        },
        new("16", PairVerdict.Loss)
        {
            SentHere = CounterMove.Data, ReceivedThere = CounterMove.AnyData, With = PairSigns.Loss,
            Text = "much less arrives than is sent",
        },
    ];

    /// <summary>The row that fits; null when none does, or nothing can be compared.</summary>
    public static TruthRow? Match(PairSignature signature) => Rows.FirstOrDefault(row => row.Fits(signature));
}
