// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text.RegularExpressions;
using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Tests;

/// <summary>However a lab ends, nothing of it is left.</summary>
[Trait("Category", "Lab")]
public sealed partial class LifetimeTests
{
    [SkippableTheory]
    [InlineData("KILL")]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Lab_ProgramEndedBySignal_LeavesNoProcessNamespaceOrDevice(string signal)
    {
        await SkipUnlessPossibleAsync();
        var devicesBefore = HostDevices();
        var namedBefore = NamedNamespaces();
        using var program = StartProgram("up", "--family", "both");
        var said = await ReadUntilAsync(program, "Ctrl-C takes everything away");
        var namespaces = NetworkPids().Matches(said).Select(m => Namespace(m.Groups["pid"].Value)).ToHashSet(StringComparer.Ordinal);
        namespaces.Count.ShouldBe(7, said);
        Holders(namespaces).ShouldNotBeEmpty();

        using (Process.Start("kill", [$"-{signal}", $"{program.Id}"]))
            await program.WaitForExitAsync();

        await EventuallyEmptyAsync(() => Holders(namespaces));
        HostDevices().ShouldBe(devicesBefore);
        NamedNamespaces().ShouldBe(namedBefore);
    }

    [SkippableFact]
    public async Task Dispose_RunningLab_LeavesNoProcess()
    {
        await SkipUnlessPossibleAsync();
        var lab = await LabNetwork.StartAsync(new LabOptions { Nodes = 2 }, CancellationToken.None);
        var namespaces = lab.Nodes.Select(n => Namespace($"{n.Host.NetworkPid}")).ToHashSet(StringComparer.Ordinal);
        Holders(namespaces).ShouldNotBeEmpty();

        await lab.DisposeAsync();

        Holders(namespaces).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task RunAsync_CommandThatWrites_CannotTouchTheHostsFiles()
    {
        await SkipUnlessPossibleAsync();
        await using var lab = await LabNetwork.StartAsync(new LabOptions { Nodes = 2 }, CancellationToken.None);
        var name = $"kubewgdiag-lab-{Guid.NewGuid():N}";

        (await lab.Nodes[0].RunAsync($"touch /usr/{name}")).Succeeded.ShouldBeFalse();
        (await lab.Nodes[0].RunAsync("touch -c /etc/passwd")).Succeeded.ShouldBeFalse();
        (await lab.Nodes[0].RunAsync($"touch /etc/{name}")).Succeeded.ShouldBeTrue(); // a folder of its own
        (await lab.Nodes[0].RunAsync("touch /run/mine && ls /run/wireguard && hostname")).Output.ShouldContain("node-1");

        File.Exists($"/usr/{name}").ShouldBeFalse();
        File.Exists($"/etc/{name}").ShouldBeFalse();
        File.Exists("/run/mine").ShouldBeFalse();
    }

    [Fact]
    public async Task Program_UnknownFault_ListsTheKnownOnesAndEndsWithTwo()
    {
        using var program = StartProgram("up", "--fault", "WG-NO-SUCH");

        var error = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();

        program.ExitCode.ShouldBe(2);
        foreach (var fault in FaultCatalogue.All)
            error.ShouldContain(fault.Name);
    }

    [GeneratedRegex(@"nsenter -t (?<pid>[0-9]+) -n", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NetworkPids();

    private static async Task SkipUnlessPossibleAsync()
    {
        var missing = await Prerequisites.MissingAsync(CancellationToken.None);
        Skip.If(missing.Count > 0, $"the lab needs {string.Join("; ", missing)}");
    }

    private static Process StartProgram(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [typeof(LabNetwork).Assembly.Location, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }).ShouldNotBeNull();

    private static async Task<string> ReadUntilAsync(Process program, string last)
    {
        var said = "";
        while (await program.StandardOutput.ReadLineAsync() is { } line)
        {
            said += line + "\n";
            if (line.Contains(last, StringComparison.Ordinal))
                return said;
        }

        throw new InvalidOperationException($"the program ended: {said}{await program.StandardError.ReadToEndAsync()}");
    }

    private static string Namespace(string pid) =>
        new FileInfo($"/proc/{pid}/ns/net").LinkTarget ?? throw new InvalidOperationException($"process {pid} is gone");

    // Whoever holds one of the namespaces, among all processes of the machine.
    private static List<string> Holders(HashSet<string> namespaces) =>
    [
        .. Directory.GetDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]) && Holds(d, namespaces)),
    ];

    private static bool Holds(string process, HashSet<string> namespaces)
    {
        try
        {
            return new FileInfo($"{process}/ns/net").LinkTarget is { } held && namespaces.Contains(held);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task EventuallyEmptyAsync(Func<List<string>> read)
    {
        var clock = Stopwatch.StartNew();
        while (read().Count > 0 && clock.Elapsed < TimeSpan.FromSeconds(10))
            await Task.Delay(50);
        read().ShouldBeEmpty();
    }

    private static string[] HostDevices() => [.. Directory.GetFileSystemEntries("/sys/class/net").Order(StringComparer.Ordinal)];

    private static string[] NamedNamespaces() => Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns") : [];
}
