// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>Reads one file whole and gives it to a parser.</summary>
internal static class HostFile
{
    /// <summary>Takes text, returns what it means and counts what it did not understand; null when it means nothing.</summary>
    public delegate T? Parser<out T>(string text, ref int unknown)
        where T : class;

    /// <summary>Reads and parses a file of at most <paramref name="most"/> bytes.</summary>
    public static Reading<T> Read<T>(string path, int most, Parser<T> parse)
        where T : class
    {
        var file = FileBytes.Read(path, most);
        if (file.Errno != 0) return Unreadable<T>(path, file.Errno);
        var unknown = 0;
        var value = parse(file.Text, ref unknown);
        var cut = file.Cut ? $"{path}: only its first {most} bytes" : null;
        return value is null
            ? Reading<T>.None(NotAvailableReason.Malformed, $"{path} has no line of the expected form")
            : Reading<T>.Of(value, unknown: unknown, cut: cut);
    }

    /// <summary>A file that could not be read.</summary>
    public static Reading<T> Unreadable<T>(string path, int errno)
        where T : class => Reading<T>.None(ReasonOf(errno), $"{path}: {Errno.NameOf(errno)}");

    /// <summary>The reason behind an errno of open(2) or read(2).</summary>
    public static NotAvailableReason ReasonOf(int errno) => errno switch
    {
        Errno.NoEntry or Errno.NotADirectory or Errno.NotSupported => NotAvailableReason.NotPresent,
        Errno.NotPermitted or Errno.AccessDenied => NotAvailableReason.NotPermitted,
        _ => NotAvailableReason.Failed,
    };

    /// <summary>The first line of a small file; null when it cannot be read or is empty.</summary>
    public static string? Line(params string[] path) => FileBytes.Read(Path.Combine(path), 4096).Line;

    /// <summary>A file that holds 0 or 1, or N or Y; null when it cannot be read or holds something else.</summary>
    public static bool? Switch(params string[] path) => Line(path) switch
    {
        "0" or "N" or "n" => false,
        "1" or "Y" or "y" => true,
        _ => null,
    };
}
