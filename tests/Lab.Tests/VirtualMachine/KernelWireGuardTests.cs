// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Runtime.InteropServices;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Lab.Tests.VirtualMachine;

/// <summary>The kernel's own WireGuard, on a stock Debian kernel in an emulated machine, read by the published probe.</summary>
[Trait("Category", "Lab")]
public sealed class KernelWireGuardTests
{
    private const string Scripts = "tests/Lab/VirtualMachine";
    private const string Probe = "artifacts/publish/probe/kubewgdiag-probe";

    [SkippableFact]
    public async Task Facts_OfKernelDevicesWithManyPeers_AreWhatWgShows()
    {
        var root = RepositoryRoot.Path;
        Skip.If(RuntimeInformation.ProcessArchitecture != Architecture.X64, "the virtual machine's kernel is for amd64");
        Skip.IfNot(File.Exists("/usr/bin/qemu-system-x86_64"), "qemu-system-x86_64 is missing (make deps)");
        Skip.IfNot(File.Exists(Path.Combine(root, Probe)), $"{Probe} is missing (make publish)");

        var console = await RunAsync(root);

        console.ShouldContain("peers: wg 61, probe 61");
        console.ShouldContain("PASS kernel WireGuard: the probe reads what wg reads");
        console.ShouldNotContain("FAIL");
    }

    private static async Task<string> RunAsync(string root)
    {
        using var run = Process.Start(new ProcessStartInfo("bash", [$"{Scripts}/run.sh", $"{Scripts}/kernel-wireguard.sh", Probe])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var output = run.StandardOutput.ReadToEndAsync();
        var errors = run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        return $"{await output}\n{await errors}";
    }
}
