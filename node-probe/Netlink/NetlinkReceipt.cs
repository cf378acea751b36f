// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>How a wait for a datagram ended.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Length">Bytes in the buffer.</param>
/// <param name="SenderPortId">The sender's port id; the kernel's is 0.</param>
/// <param name="Errno">What recvmsg or poll said.</param>
internal readonly record struct NetlinkReceipt(NetlinkReceiptStatus Status, int Length, uint SenderPortId, int Errno)
{
    public static NetlinkReceipt TimedOut => new(NetlinkReceiptStatus.TimedOut, 0, 0, 0);

    public static NetlinkReceipt Truncated => new(NetlinkReceiptStatus.Truncated, 0, 0, 0);

    public static NetlinkReceipt Datagram(int length, uint senderPortId) => new(NetlinkReceiptStatus.Datagram, length, senderPortId, 0);

    public static NetlinkReceipt Failed(int errno) => new(NetlinkReceiptStatus.Failed, 0, 0, errno);
}

/// <summary>How a wait for a datagram ended.</summary>
internal enum NetlinkReceiptStatus
{
    Datagram,

    /// <summary>The datagram was longer than the buffer; the rest is lost (MSG_TRUNC).</summary>
    Truncated,
    TimedOut,
    Failed,
}
