// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>A local socket would take the packet (struct xt_socket_mtinfo1 to 3; revision 0 has no options).</summary>
/// <param name="Transparent">Only a transparent one.</param>
/// <param name="NoWildcard">Sockets bound to any address count too.</param>
/// <param name="RestoreMark">The socket's mark becomes the packet's.</param>
public sealed record XtSocket(bool Transparent = false, bool NoWildcard = false, bool RestoreMark = false) : Expression;

/// <summary>Who sent a packet of this node (struct xt_owner_match_info); null = does not look at it.</summary>
public sealed record XtOwner : Expression
{
    public XtRange? Uid { get; init; }

    public XtRange? Gid { get; init; }

    /// <summary>The packet has a socket (or, false, has none).</summary>
    public bool? SocketExists { get; init; }

    /// <summary>The sender's other groups count too.</summary>
    public bool SupplementaryGroups { get; init; }
}

/// <summary>Control group of the sender's socket (struct xt_cgroup_info_v0 to v2).</summary>
/// <param name="ClassId">net_cls id; null when the path is looked at.</param>
/// <param name="Path">Path of the group or one above it; null when the id is looked at.</param>
/// <param name="Inverted">All others match.</param>
public sealed record XtCgroup(uint? ClassId = null, string? Path = null, bool Inverted = false) : Expression;
