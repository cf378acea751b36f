// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>What a reader brings home: a value, or the reason why there is none.</summary>
internal readonly record struct Reading<T>
    where T : class
{
    public T? Value { get; private init; }

    public NotAvailable? NotAvailable { get; private init; }

    /// <summary>The data changed while it was read.</summary>
    public bool Interrupted { get; private init; }

    /// <summary>Things that were not understood.</summary>
    public int Unknown { get; private init; }

    /// <summary>What verdicts need and was left out because of a limit; null when nothing was. It makes the facts of the node incomplete.</summary>
    public string? Cut { get; private init; }

    /// <summary>How many records there were when only those of interest, or the first of them, were kept; null when all were.</summary>
    public long? Seen { get; private init; }

    public static Reading<T> Of(T value, bool interrupted = false, int unknown = 0, string? cut = null, long? seen = null) =>
        new() { Value = value, Interrupted = interrupted, Unknown = unknown, Cut = cut, Seen = seen };

    public static Reading<T> None(NotAvailableReason reason, string detail) => new() { NotAvailable = new NotAvailable(reason, detail) };

    /// <summary>The reason for a netlink request that did not work.</summary>
    public static Reading<T> None(NetlinkResult failure) => None(ReasonOf(failure), failure.Describe());

    private static NotAvailableReason ReasonOf(NetlinkResult failure) => failure.Outcome switch
    {
        NetlinkOutcome.TimedOut => NotAvailableReason.TimedOut,
        NetlinkOutcome.Malformed or NetlinkOutcome.Truncated => NotAvailableReason.Malformed,
        NetlinkOutcome.Refused or NetlinkOutcome.SocketFailed => failure.Errno switch
        {
            Errno.NotPermitted or Errno.AccessDenied => NotAvailableReason.NotPermitted,
            Errno.NotSupported or Errno.FamilyNotSupported or Errno.ProtocolNotSupported => NotAvailableReason.NotPresent,
            _ => NotAvailableReason.Failed,
        },
        _ => NotAvailableReason.Failed,
    };
}
