// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.NodeProbe.Tests.Commands;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

/// <summary>The whole agent with its informer, started by the run command, against an API server in memory.</summary>
public sealed class ProbeAgentTests : IAsyncLifetime, IDisposable
{
    private readonly FakeKubernetesClient _client = new();
    private readonly FakeCollector _collector = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TestHost _host;
    private Task<int> _running = Task.FromResult(0);

    public ProbeAgentTests()
    {
        _host = new TestHost(_collector);
        _host.Environment["NODE_NAME"] = "node-a";
        _host.Environment["DIAGNOSIS_UID"] = "uid-of-diagnosis";
        _host.Agent = (settings, log) =>
        {
            var context = new AgentContext(settings, _host.Time, () => 0.5, log, "1.2.3");
            return ProbeAgent.Create(_client, new InformerFeed(_client, context), _collector, context);
        };
    }

    [Fact]
    public async Task Run_ProbeThatExistsAndOneThatComes_AreAnswered()
    {
        _client.Put(Probes.Asking("run-1"));
        Start();
        (await Answer()).Run.ShouldBe("run-1");
        _client.Put(Probes.Asking("run-2"));
        (await Answer()).Run.ShouldBe("run-2");
        _client.Selectors.ShouldAllBe(s => s == "kubewgdiag.io/diagnosis-uid=uid-of-diagnosis|spec.nodeName=node-a");
    }

    [Fact]
    public async Task Run_ServerAwayAtStart_AnswersWhenItComes()
    {
        _client.Away = true;
        _client.Put(Probes.Asking("run-1"));
        Start();
        while (_client.ListAttempts < 8) await Tick();
        _client.Away = false;
        (await Answer()).Run.ShouldBe("run-1");
    }

    [Fact]
    public async Task Run_ServerAwayBetweenRuns_AnswersTheRunThatWasAskedMeanwhile()
    {
        _client.Put(Probes.Asking("run-1"));
        Start();
        await Answer();
        _client.Away = true;
        _client.CutWatches();
        _client.Put(Probes.Asking("run-2"));
        for (var i = 0; i < 300; i++) await Tick();
        _client.Away = false;
        (await Answer()).Run.ShouldBe("run-2");
        _collector.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_DeletedDuringCollection_IsDropped()
    {
        _client.Put(Probes.Asking("run-1"));
        Start();
        await Answer();
        _client.Delete(Probes.Name);
        _client.Put(Probes.Asking("run-1", uid: "uid-of-the-namesake"));
        (await Answer()).Run.ShouldBe("run-1");
        _collector.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_Stopped_EndsWithZeroAndSaysSo()
    {
        Start();
        while (_client.ListAttempts == 0) await Tick();
        await _stop.CancelAsync();
        (await _running.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(0);
        _host.Out.ShouldEndWith("info stopped\n");
    }

    [Fact]
    public async Task Run_OneRun_IsOneLine()
    {
        Start();
        _client.Put(Probes.Asking("run-1"));
        await Answer();
        _client.Put(Probes.Asking("run-2"));
        await Answer();
        await _stop.CancelAsync();
        await _running;
        var lines = _host.Out.Split('\n').Where(l => l.Contains("run-1", StringComparison.Ordinal)).ToList();
        lines.ShouldHaveSingleItem().ShouldMatch(@"^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info run run-1: complete: 1 device, 1 peer, \d+ findings?, [\d.]+ KiB, \d+ s; status delivered$");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        (await _running.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(0);
    }

    public void Dispose() => _stop.Dispose();

    private void Start() => _running = Task.Run(() => _host.RunAsync(["run"], _stop.Token));

    private async Task<NodeProbeStatus> Answer()
    {
        while (true)
        {
            var next = _client.NextAsync();
            while (!next.IsCompleted) await Tick();
            if (await next is { Phase: NodeProbePhase.Complete } done) return done;
        }
    }

    private async Task Tick()
    {
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await Task.Yield();
    }
}
