// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Commands;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

/// <summary>The program as a user without any rights.</summary>
[Trait("Category", "Lab")]
public sealed class UnprivilegedLabTests
{
    [SkippableFact]
    public async Task Facts_AsNobody_SaysWhatItMayNotSeeAndReadsTheRest()
    {
        LabNamespace.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/bin/setpriv"), "needs setpriv (util-linux)");
        // The tests' folder may be closed to others: the program is run from a copy.
        var folder = Directory.CreateTempSubdirectory("probe");
        try
        {
            foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory)) File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            using var hidden = new LabNamespace();
            var pid = hidden.Shell("sleep 60 >/dev/null 2>&1 </dev/null & echo $!").Trim();
            var (output, error) = await RunAsync(folder.FullName);
            hidden.Shell($"kill {pid}");

            FactsParser.TryParse(Encoding.UTF8.GetBytes(output), out var nodes, out var problem).ShouldBeTrue(problem?.Reason + error);
            var host = nodes[0].Namespaces[0];
            host.Links.Value.ShouldNotBeNull().ShouldContain(link => link.Loopback);
            host.Routes.Value.ShouldNotBeNull();
            host.Sysctls.Value.ShouldNotBeNull();
            var scan = nodes[0].OtherNamespaces.ShouldNotBeNull().Value.ShouldNotBeNull();
            scan.Incomplete.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPermitted);
            scan.Incomplete.Detail.ShouldContain("CAP_SYS_PTRACE");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(string Output, string Error)> RunAsync(string folder)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv",
        [
            "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
            Environment.ProcessPath!, Path.Combine(folder, "kubewgdiag-probe.dll"), "facts",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (output, await error);
    }
}
