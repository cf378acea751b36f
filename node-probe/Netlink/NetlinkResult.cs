// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>How a request ended. A refusal by the kernel is a value, because most refusals are facts.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Errno">Error number of a refusal or a failed call.</param>
/// <param name="KernelMessage">The kernel's own words, where it gave some.</param>
/// <param name="Interrupted">The dump changed while it was read, and reading it again did not help.</param>
internal readonly record struct NetlinkResult(NetlinkOutcome Outcome, int Errno = 0, string? KernelMessage = null, bool Interrupted = false)
{
    public bool IsOk => Outcome == NetlinkOutcome.Ok;

    /// <summary>True when the kernel refused with this error number.</summary>
    public bool IsRefusedWith(int errno) => Outcome == NetlinkOutcome.Refused && Errno == errno;

    /// <summary>One line for people.</summary>
    public string Describe()
    {
        var name = Interop.Errno.NameOf(Errno);
        return Outcome switch
        {
            NetlinkOutcome.Ok => "ok",
            NetlinkOutcome.Refused => KernelMessage is null ? $"the kernel refused: {name}" : $"the kernel refused: {name} ({KernelMessage})",
            NetlinkOutcome.TimedOut => "no whole answer within the time limit",
            NetlinkOutcome.Overrun => "the kernel lost messages because the socket was full",
            NetlinkOutcome.Truncated => string.Create(CultureInfo.InvariantCulture, $"a datagram was longer than {NetlinkConnection.BufferSize} bytes"),
            NetlinkOutcome.Malformed => "the answer breaks the framing of netlink",
            _ => $"the socket failed: {name}",
        };
    }
}

/// <summary>How a request ended.</summary>
internal enum NetlinkOutcome
{
    Ok,

    /// <summary>NLMSG_ERROR or NLMSG_DONE with an error number.</summary>
    Refused,
    TimedOut,

    /// <summary>ENOBUFS or NLMSG_OVERRUN: messages were lost.</summary>
    Overrun,

    /// <summary>A datagram was longer than the buffer.</summary>
    Truncated,

    /// <summary>Broken framing, or an answer to a question nobody asked.</summary>
    Malformed,

    /// <summary>A system call failed.</summary>
    SocketFailed,
}
