// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;
using Xunit.Abstractions;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Scale;

/// <summary>
/// The server as a program of its own under the load of a run over many nodes: 200 by default, as many as KUBEWGDIAG_LOAD_NODES says by
/// hand. Every watcher has to see every change; the figures are printed.
/// </summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private static readonly int Nodes = int.TryParse(Environment.GetEnvironmentVariable("KUBEWGDIAG_LOAD_NODES"), NumberStyles.None, CultureInfo.InvariantCulture, out int said) ? said : 200;

    [Fact]
    public async Task Program_UnderTheLoadOfARun_AnswersEverythingAndEndsOnSigterm()
    {
        string text = Nodes.ToString(CultureInfo.InvariantCulture);
        await using ServerProgram program = await ServerProgram.StartAsync(
            "--nodes", text, "--simulate-pods", "--crds", Definitions(), "--watch-window", (Nodes * 10).ToString(CultureInfo.InvariantCulture), "--watch-window-mib", "512", "--print-statistics");
        HttpClient[] clients = [.. Enumerable.Range(0, 8).Select(_ => program.MakeClient("load/1"))];
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));

        await new ApiLoad(clients, Nodes, output.WriteLine).RunAsync(limit.Token);
        JsonNode figures = JsonNode.Parse(await clients[0].GetStringAsync(new Uri("/debug/statistics?collect", UriKind.Relative)))!;
        (int code, string table) = await program.StopAsync();
        Array.ForEach(clients, client => client.Dispose());

        output.WriteLine(figures["memory"]!.ToJsonString() + " cpu seconds " + figures["cpuSeconds"]);
        output.WriteLine(table);
        program.ReadyLine.ShouldStartWith("ready: https://127.0.0.1:");
        code.ShouldBe(0);
        table.ShouldContain("nodeprobes/status");
        JsonNode status = figures["rows"]!.AsArray().Single(row => (string)row!["resource"]! == "nodeprobes/status")!;
        ((long)status["writes"]!).ShouldBe(2 * Nodes);
        ((long)status["largestObject"]!).ShouldBeInRange(10_000, 256 * 1024);
    }

    private static string Definitions()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "crds", "kubewgdiag.io_nodeprobes.yaml")))
                return Path.Combine(folder.FullName, "crds");
        }

        throw new InvalidOperationException("the folder crds is not above the tests");
    }
}
