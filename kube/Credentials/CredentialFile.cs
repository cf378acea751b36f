// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Credentials;

/// <summary>Reads small files of credentials.</summary>
internal static class CredentialFile
{
    /// <summary>Far above any bundle or kubeconfig; a path that leads to something endless must not hold us.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>The text, or null with the reason.</summary>
    public static string? TryRead(string path, out string? problem)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            var buffer = new byte[MaxBytes + 1];
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            problem = length > MaxBytes ? $"{path} is larger than {MaxBytes} bytes." : null;
            return problem is null ? System.Text.Encoding.UTF8.GetString(buffer, 0, length) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            problem = e.Message;
            return null;
        }
    }
}
