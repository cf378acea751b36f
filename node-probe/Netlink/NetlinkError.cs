// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>What the kernel says in NLMSG_ERROR or NLMSG_DONE.</summary>
/// <param name="Errno">Positive error number; 0 = acknowledged, or the end of a good dump.</param>
/// <param name="Message">NLMSGERR_ATTR_MSG: the kernel's words for people, printable characters only.</param>
/// <param name="Offset">NLMSGERR_ATTR_OFFS: where in the request the fault is.</param>
internal readonly record struct NetlinkError(int Errno, string? Message = null, uint? Offset = null)
{
    private const ushort AttributeMessage = 1;
    private const ushort AttributeOffset = 2;
    private const int CodeSize = 4;
    private const int MaxText = 200;

    /// <summary>Reads NLMSG_ERROR: code, header of the request, its body unless capped, then attributes.</summary>
    /// <returns>False when not even the code is there.</returns>
    public static bool TryReadError(in NetlinkMessage message, out NetlinkError error)
    {
        if (!TryReadCode(message.Payload, out error)) return false;
        if ((message.Flags & NetlinkConstants.FlagAckTlvs) == 0) return true;
        var echo = message.Payload[CodeSize..];
        if (echo.Length < NetlinkConstants.MessageHeaderSize) return true;
        var capped = (message.Flags & NetlinkConstants.FlagCapped) != 0;
        var echoed = MemoryMarshal.Read<uint>(echo);
        // An echoed length beyond the message is broken; the error number stays good.
        if (!capped && echoed > (uint)echo.Length) return true;
        var skip = capped ? NetlinkConstants.MessageHeaderSize : NetlinkConstants.Align((int)echoed);
        if (skip <= echo.Length) error = ReadAttributes(error, echo[skip..]);
        return true;
    }

    /// <summary>Reads NLMSG_DONE: an optional code, then attributes. Some subsystems end a dump without any code.</summary>
    public static NetlinkError ReadDone(in NetlinkMessage message)
    {
        if (!TryReadCode(message.Payload, out var error)) return default;
        return (message.Flags & NetlinkConstants.FlagAckTlvs) == 0 ? error : ReadAttributes(error, message.Payload[CodeSize..]);
    }

    private static bool TryReadCode(ReadOnlySpan<byte> payload, out NetlinkError error)
    {
        error = default;
        if (!MemoryMarshal.TryRead<int>(payload, out var code)) return false;
        // Negative by rule; a few subsystems answer with the positive number.
        error = new NetlinkError(code == int.MinValue ? int.MaxValue : Math.Abs(code));
        return true;
    }

    private static NetlinkError ReadAttributes(NetlinkError error, ReadOnlySpan<byte> attributes)
    {
        var reader = new NetlinkAttributeReader(attributes);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == AttributeMessage && attribute.TryGetString(attribute.Payload.Length, out var text))
                error = error with { Message = Printable(text) };
            else if (attribute.Type == AttributeOffset && attribute.TryGetUInt32(out var offset))
                error = error with { Offset = offset };
        }

        return error;
    }

    private static string Printable(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, MaxText));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxText)))
            clean.Append(char.IsControl(c) ? ' ' : c);
        return clean.ToString();
    }
}
