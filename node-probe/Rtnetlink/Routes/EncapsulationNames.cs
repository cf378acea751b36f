// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>LWTUNNEL_ENCAP_* of linux/lwtunnel.h by the names of ip-route(8).</summary>
internal static class EncapsulationNames
{
    private static readonly string?[] Names = [null, "mpls", "ip", "ila", "ip6", "seg6", "bpf", "seg6local", "rpl", "ioam6", "xfrm"];

    /// <summary>The name, or the number of one this code does not know; null for none.</summary>
    public static string? Of(ushort type) => type < Names.Length ? Names[type] : type.ToString(CultureInfo.InvariantCulture);
}
