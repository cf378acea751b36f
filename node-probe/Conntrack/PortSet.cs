// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>A set of ports, one bit each.</summary>
internal sealed class PortSet
{
    private readonly ulong[] _bits = new ulong[65536 / 64];

    public void Add(ushort port) => _bits[port >> 6] |= 1UL << (port & 63);

    public bool Contains(ushort port) => (_bits[port >> 6] & (1UL << (port & 63))) != 0;
}
