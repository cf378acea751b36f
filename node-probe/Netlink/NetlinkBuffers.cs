// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>
/// Receive buffers. A node with thousands of namespaces has tens of thousands of readings, each on a connection of its own; a buffer
/// for each would be most of what the probe allocates. Buffers that held key material never come here.
/// </summary>
internal static class NetlinkBuffers
{
    /// <summary>The most buffers that wait for use; as many as visits run at the same time.</summary>
    private const int MaxIdle = 8;

    private static readonly ConcurrentBag<byte[]> Idle = [];

    /// <summary>A new zeroed buffer. Pinned, so that the garbage collector leaves no copies of keys behind when it compacts.</summary>
    public static byte[] Allocate() => GC.AllocateArray<byte>(NetlinkConnection.BufferSize, pinned: true);

    /// <summary>A buffer that may hold old answers.</summary>
    public static byte[] Rent() => Idle.TryTake(out var buffer) ? buffer : Allocate();

    /// <summary>Gives a buffer back; nobody may look at it any more.</summary>
    public static void Return(byte[] buffer)
    {
        if (Idle.Count < MaxIdle) Idle.Add(buffer);
    }
}
