// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.NodeProbe.WireGuard.Placement;

/// <summary>Reads fdinfo of a descriptor of /dev/net/tun: one <c>key:TAB value</c> a line.</summary>
internal static class TunInfo
{
    /// <summary>The name of the device the descriptor is attached to; null when it is attached to none or is of another kind.</summary>
    public static string? DeviceOf(ReadOnlySpan<byte> info)
    {
        foreach (var range in info.Split((byte)'\n'))
        {
            var line = info[range];
            if (!line.StartsWith("iff:"u8)) continue;
            var name = line["iff:".Length..].Trim((byte)'\t');
            return name.IsEmpty ? null : Encoding.UTF8.GetString(name);
        }

        return null;
    }
}
