// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>Programs for tests.</summary>
internal static class Scripts
{
    /// <summary>Writes a shell script that can be run.</summary>
    public static void Write(string path, string body)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
