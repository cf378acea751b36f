// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>Why a path cannot be used, in a few words.</summary>
internal static class PathProblem
{
    /// <summary>Null when the file can be opened for reading.</summary>
    public static string? OfReadableFile(string path)
    {
        try
        {
            if (Directory.Exists(path)) return "is a directory";
            using var handle = File.OpenHandle(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Of(e);
        }
    }

    /// <summary>Words for what the file system said.</summary>
    public static string Of(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => "permission denied",
        _ => e.Message,
    };
}
