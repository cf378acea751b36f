// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Names of connection states as <c>conntrack</c> prints them.</summary>
internal static class CtState
{
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Dccp = 33;
    public const byte Sctp = 132;

    /// <summary>TCP_CONNTRACK_SYN_SENT.</summary>
    public const byte TcpSynSent = 1;

    /// <summary>TCP_CONNTRACK_SYN_RECV.</summary>
    public const byte TcpSynReceived = 2;

    /// <summary>TCP_CONNTRACK_ESTABLISHED.</summary>
    public const byte TcpEstablished = 3;

    /// <summary>TCP_CONNTRACK_CLOSE: a reset went by.</summary>
    public const byte TcpClose = 8;

    /// <summary>TCP_CONNTRACK_SYN_SENT2: both sides began at once.</summary>
    public const byte TcpSynSent2 = 9;

    // linux/netfilter/nf_conntrack_tcp.h, nf_conntrack_sctp.h; DCCP was removed from the kernel in 6.17.
    private static readonly string[] TcpNames =
    [
        "NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2",
    ];

    private static readonly string[] SctpNames =
    [
        "NONE", "CLOSED", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED", "SHUTDOWN_SENT", "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT",
    ];

    private static readonly string[] DccpNames =
    [
        "NONE", "REQUEST", "RESPOND", "PARTOPEN", "OPEN", "CLOSEREQ", "CLOSING", "TIMEWAIT", "IGNORE", "INVALID",
    ];

    /// <summary>The name; a number for a state that has none here, null for no state.</summary>
    public static string? NameOf(byte protocol, byte state)
    {
        if (state == CtEntry.NoState) return null;
        string[] names = protocol switch
        {
            Tcp => TcpNames,
            Sctp => SctpNames,
            Dccp => DccpNames,
            _ => [],
        };
        return state < names.Length ? names[state] : state.ToString(CultureInfo.InvariantCulture);
    }
}
