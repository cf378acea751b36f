// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Walks over attributes (struct nlattr, native byte order, 4 byte alignment), forward only and without copies.</summary>
internal ref struct NetlinkAttributeReader(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>A length did not fit; what was read before it stays good.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Takes the next attribute; false at the end and when the rest cannot be an attribute. An empty value (length 4) is legal.</summary>
    public bool TryRead(out NetlinkAttribute attribute)
    {
        attribute = default;
        if (_rest.IsEmpty || IsMalformed) return false;
        if (_rest.Length < NetlinkConstants.AttributeHeaderSize) return Malformed();
        var length = MemoryMarshal.Read<ushort>(_rest);
        if (length < NetlinkConstants.AttributeHeaderSize || length > _rest.Length) return Malformed();
        attribute = new NetlinkAttribute(MemoryMarshal.Read<ushort>(_rest[2..]), _rest[NetlinkConstants.AttributeHeaderSize..length]);
        // The padding of the last one may be missing.
        _rest = _rest[Math.Min(NetlinkConstants.Align(length), _rest.Length)..];
        return true;
    }

    private bool Malformed()
    {
        IsMalformed = true;
        return false;
    }
}
