// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>The kernel's release, as <c>uname -r</c> says it.</summary>
internal static class KernelRelease
{
    /// <summary>Size of one field of struct new_utsname; the release is the third of six.</summary>
    private const int FieldSize = 65;

    /// <summary>Asks the kernel; null when it does not say.</summary>
    public static unsafe string? Read()
    {
        Span<byte> names = stackalloc byte[6 * FieldSize];
        fixed (byte* start = names)
        {
            if (Libc.Uname(start) != 0) return null;
        }

        var release = names.Slice(2 * FieldSize, FieldSize);
        var end = release.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? release : release[..end]);
    }
}
