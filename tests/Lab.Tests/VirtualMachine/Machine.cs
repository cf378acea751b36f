// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Lab.Tests.VirtualMachine;

/// <summary>
/// Boots the emulated machine once, runs kernel-wireguard.sh in it with the published probe, and keeps what the script left.
/// Why that is not possible here is kept too; every test that needs it is skipped with that reason.
/// </summary>
public sealed class Machine : IAsyncLifetime
{
    private const string Scripts = "tests/Lab/VirtualMachine";
    private const string Probe = "artifacts/publish/probe/kubewgdiag-probe";
    private static readonly string[] Programs = ["qemu-system-x86_64", "busybox", "cpio", "wg", "apt-get", "depmod"];

    // The script's files hold the keys of its devices: nobody else may look, and they go with the test.
    private readonly string _folder = Directory.CreateTempSubdirectory("kubewgdiag-vm-").FullName;
    private string? _obstacle;

    /// <summary>What the script printed.</summary>
    public string Console { get; private set; } = string.Empty;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _obstacle = Obstacle();
        if (_obstacle is not null) return;
        var kernel = await RunAsync($"{Scripts}/kernel.sh");
        if (kernel.Status != 0)
        {
            _obstacle = $"Debian's kernel package cannot be had: {kernel.Output.Trim()}";
            return;
        }

        var run = await RunAsync($"{Scripts}/run.sh", "-o", _folder, $"{Scripts}/kernel-wireguard.sh", Probe);
        Console = run.Output;
        run.Status.ShouldBe(0, run.Output);
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Skips the test where the machine could not be tried.</summary>
    public void SkipIfImpossible() => Skip.IfNot(_obstacle is null, _obstacle ?? string.Empty);

    /// <summary>A file of the script.</summary>
    public string Text(string name) => File.ReadAllText(Path.Combine(_folder, name));

    /// <summary>A file of the script with what <c>ip -j</c> printed.</summary>
    public JsonNode Ip(string name) => JsonNode.Parse(Text(name)).ShouldNotBeNull();

    /// <summary>A file of the script with what the probe printed.</summary>
    public NodeFacts Facts(string name) => JsonSerializer.Deserialize(Text(name), FactsJsonContext.Default.NodeFacts).ShouldNotBeNull();

    private static string? Obstacle()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64) return "the virtual machine's kernel is for amd64";
        if (!File.Exists(Path.Combine(RepositoryRoot.Path, Probe))) return $"{Probe} is missing (make publish)";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Concat(["/usr/sbin", "/sbin"]).ToList();
        return Programs.FirstOrDefault(program => !folders.Exists(folder => File.Exists(Path.Combine(folder, program)))) is { } missing
            ? $"{missing} is missing (make deps)"
            : null;
    }

    private static async Task<(int Status, string Output)> RunAsync(string script, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo("bash", [script, .. arguments])
        {
            WorkingDirectory = RepositoryRoot.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var output = run.StandardOutput.ReadToEndAsync();
        var errors = run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        return (run.ExitCode, $"{await output}\n{await errors}");
    }
}
