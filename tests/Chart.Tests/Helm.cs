// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text.Json.Nodes;
using KubeWgDiag.Crds.Tests;

namespace KubeWgDiag.Chart.Tests;

/// <summary>Runs Helm on the chart; nothing here talks to a cluster.</summary>
internal static class Helm
{
    public const string Missing = "no helm here: `make chart-test` gets one";

    /// <summary>From HELM, from what eng/kube-tools.sh downloaded, or from the PATH; null when there is none.</summary>
    public static string? Program { get; } = new[] { Environment.GetEnvironmentVariable("HELM"), Repository.Path("artifacts", "tools", "helm") }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "helm")))
        .FirstOrDefault(File.Exists);

    public static string Chart { get; } = Repository.Path("charts", "kubewgdiag");

    /// <summary>Values files that stand for the ways of installing; empty is the defaults.</summary>
    public static TheoryData<string> ValuesFiles =>
        ["", .. Directory.EnumerateFiles(Path.Combine(Chart, "ci"), "*.yaml").Order().Select(Path.GetFileName).OfType<string>()];

    /// <summary>The rendered objects.</summary>
    public static async Task<IReadOnlyList<JsonObject>> TemplateAsync(string valuesFile, params IEnumerable<string> more)
    {
        var (exitCode, output, error) = await RunAsync(["template", "kubewgdiag", Chart, "--namespace", "wg", .. Values(valuesFile), .. more]);
        exitCode.ShouldBe(0, error);
        return [.. output.Split("\n---\n").Select(YamlOrNothing).OfType<JsonObject>()];
    }

    public static IEnumerable<string> Values(string file) => file.Length > 0 ? ["--values", Path.Combine(Chart, "ci", file)] : [];

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Program!, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }

    private static JsonNode? YamlOrNothing(string document)
    {
        string body = document.StartsWith("---\n", StringComparison.Ordinal) ? document[4..] : document;
        return body.Split('\n').All(l => l.Length == 0 || l.StartsWith('#')) ? null : YamlToJson.Parse(body);
    }
}
