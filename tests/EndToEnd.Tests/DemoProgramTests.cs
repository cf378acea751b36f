// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.Demo.Cluster;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Faults;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>The demo as a program: how it refuses, and that nothing of it survives it.</summary>
[Trait("Category", "Lab")]
public sealed class DemoProgramTests
{
    private const string Nobody = "65534";

    [Fact]
    public async Task Demo_UnknownFault_ListsTheKnownOnesAndEndsWithTwo()
    {
        using var demo = Start("dotnet", [Program, "--fault", "WG-NO-SUCH"]);

        var error = await demo.StandardError.ReadToEndAsync();
        await demo.WaitForExitAsync();

        demo.ExitCode.ShouldBe(2);
        FaultCatalogue.All.ShouldAllBe(fault => error.Contains(fault.Name));
    }

    [SkippableFact]
    public async Task Demo_WithoutRoot_SaysWhatIsMissingAndAnalysesTheRecordedFacts()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "only root can give up being root");
        using var demo = Start("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "dotnet", Program]);

        var output = await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();

        demo.ExitCode.ShouldBe(3, output);
        output.ShouldContain("it needs root");
        output.ShouldContain("WG-ALLOWEDIPS-MISSING-SRC");
    }

    [SkippableFact]
    public async Task Demo_Killed_LeavesNoProcess()
    {
        var missing = await Prerequisites.MissingAsync(CancellationToken.None);
        Skip.If(missing.Count > 0, $"the lab needs {string.Join("; ", missing)}");
        using var demo = Start("dotnet", [Program, "--fault", "none", "--keep"]);
        var kubeconfig = await ReadUntilAsync(demo, "export KUBECONFIG=");
        Running(kubeconfig).ShouldNotBeEmpty();

        demo.Kill();
        await demo.WaitForExitAsync();

        for (var tries = 0; tries < 100 && Running(kubeconfig).Count > 0; tries++)
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        Running(kubeconfig).ShouldBeEmpty();
        // Files in the temporary folder do stay; the next lab clears them away, and this test does not wait for it.
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), $"kubewgdiag-*-{demo.Id}-*"))
            Directory.Delete(folder, recursive: true);
    }

    private static string Program => typeof(LabCluster).Assembly.Location;

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Somebody who is not root has no home here.
        start.Environment["DOTNET_CLI_HOME"] = Path.GetTempPath();
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start).ShouldNotBeNull();
    }

    /// <summary>Gives what stands behind <paramref name="mark"/> on its line.</summary>
    private static async Task<string> ReadUntilAsync(Process program, string mark)
    {
        var said = "";
        while (await program.StandardOutput.ReadLineAsync() is { } line)
        {
            said += line + "\n";
            if (line.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at)
                return line[(at + mark.Length)..].Trim();
        }

        throw new InvalidOperationException($"the demo ended: {said}{await program.StandardError.ReadToEndAsync()}");
    }

    // The operator has the kubeconfig in its command line.
    private static List<string> Running(string kubeconfig) =>
        [.. Directory.GetDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0]) && CommandLine(p).Contains(kubeconfig, StringComparison.Ordinal))];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
