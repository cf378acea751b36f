// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.NodeProbe.Tests.Interop;

namespace KubeWgDiag.NodeProbe.Tests.Host;

/// <summary>What comparisons with this machine's own tools need.</summary>
internal static class LabRights
{
    public static bool IsRoot => LabNative.GetEffectiveUserId() == 0;

    /// <summary>Runs a tool and gives what it printed.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
