// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>The beginning of a file, or the errno for which it could not be read.</summary>
/// <param name="Errno">0 when it worked.</param>
/// <param name="Bytes">What was read; empty when it failed.</param>
/// <param name="Cut">The file is longer than the limit.</param>
internal readonly record struct FileBytes(int Errno, byte[] Bytes, bool Cut)
{
    /// <summary>Smallest buffer; files of /proc say nothing about their size beforehand.</summary>
    private const int FirstBuffer = 4096;

    /// <summary>The content as text; bytes that are no UTF-8 are replaced.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The first line without blanks around it; null when there is none.</summary>
    public string? Line => Errno == 0 && Text.Split('\n', 2)[0].Trim(' ', '\t', '\0', '\r') is { Length: > 0 } line ? line : null;

    /// <summary>Reads at most <paramref name="most"/> bytes. Never blocks: a FIFO or a terminal gives what is there now, mostly an error.</summary>
    public static FileBytes Read(string path, int most)
    {
        var number = Libc.Open(path, Libc.OpenReadOnly);
        if (number < 0) return Failed(Marshal.GetLastPInvokeError());
        using var descriptor = new SafeDescriptor(number);
        return Read(descriptor, most);
    }

    /// <summary>Reads at most <paramref name="most"/> bytes from where the descriptor stands.</summary>
    public static unsafe FileBytes Read(SafeDescriptor descriptor, int most)
    {
        var buffer = new byte[Math.Min(most, FirstBuffer) + 1];
        var length = 0;
        while (length <= most)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 4, most + 1));
            nint read;
            fixed (byte* start = buffer)
            {
                read = FileCalls.Read(descriptor, start + length, (nuint)(buffer.Length - length));
            }

            if (read < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno == Interop.Errno.Interrupted) continue;
                return Failed(errno);
            }

            if (read == 0) break;
            length += (int)read;
        }

        return new FileBytes(0, buffer[..Math.Min(length, most)], length > most);
    }

    /// <summary>A file that could not be read.</summary>
    public static FileBytes Failed(int errno) => new(errno, [], false);
}
