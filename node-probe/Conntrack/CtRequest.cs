// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>
/// Writes questions to ctnetlink. None of them has a filter: the counts want every entry, and the kernel's CTA_FILTER cannot be trusted
/// (it takes IPv6 addresses in the opposite sense, and the reply tuple by the flags of the original one).
/// </summary>
internal static class CtRequest
{
    /// <summary>Bytes of any of these questions.</summary>
    public const int Size = NetlinkConstants.MessageHeaderSize + CtAttribute.HeaderSize;

    /// <summary>
    /// A question about both families (AF_UNSPEC), version NFNETLINK_V0, no resource. One that is no dump wants an acknowledgement: the kernel marks
    /// its answer as one of several (NLM_F_MULTI) and sends no end.
    /// </summary>
    public static Span<byte> Write(Span<byte> buffer, ushort type, bool dump)
    {
        var writer = new NetlinkMessageWriter(buffer, type, dump ? NetlinkConstants.FlagDump : NetlinkConstants.FlagAck);
        writer.WriteHeader(stackalloc byte[CtAttribute.HeaderSize]);
        return writer.Complete();
    }
}
