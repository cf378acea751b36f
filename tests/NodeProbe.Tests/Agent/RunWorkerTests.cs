// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Tests.Output;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

public sealed class RunWorkerTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new(SampleFacts.At);
    private readonly FakeKubernetesClient _client = new();
    private readonly StringWriter _log = new();
    private readonly CancellationTokenSource _stop = new();
    private RunInbox _inbox = null!;
    private Task _working = Task.CompletedTask;

    [Fact]
    public async Task RunAsync_Run_IsAnnouncedAndAnswered()
    {
        Start(new FakeCollector());
        Ask(Probes.Asking("run-1"));
        (await _client.NextAsync()).ShouldBe(new NodeProbeStatus { Run = "run-1", Phase = NodeProbePhase.Running, StartTime = SampleFacts.At, ProbeVersion = "1.2.3" });
        var done = await _client.NextAsync();
        done.Phase.ShouldBe(NodeProbePhase.Complete);
        done.CompletionTime.ShouldBe(SampleFacts.At);
        done.Facts!.Value.Deserialize(FactsJsonContext.Default.NodeFacts)!.Node.ShouldBe("node-a");
        _client.FieldManagers.ShouldBe(["kubewgdiag-probe", "kubewgdiag-probe"]);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(8, 8)]
    [InlineData(100_000, 120)]
    public async Task RunAsync_Observation_IsBounded(int asked, int expected)
    {
        var collector = new FakeCollector();
        Start(collector);
        Ask(Probes.Asking("run-1", seconds: asked, globs: ["wg*"]));
        await Done();
        var request = collector.Requests.ShouldHaveSingleItem();
        request.Observation.ShouldBe(TimeSpan.FromSeconds(expected));
        request.DeviceFilter("wg7").ShouldBeTrue();
        request.DeviceFilter("eth0").ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_Paths_AreWalkedAndTheirFlowsKept()
    {
        var collector = new FakeCollector();
        Start(collector);
        var probe = Probes.Asking("run-1");
        Ask(probe with { Spec = probe.Spec! with { Paths = [AskedPathsTests.Path] } });
        await Done();
        var request = collector.Requests.ShouldHaveSingleItem();
        request.PathQuestions.ShouldHaveSingleItem().Name.ShouldBe("web-to-db");
        request.Paths.ShouldHaveSingleItem().To.ToString().ShouldBe("10.244.2.9/32");
    }

    [Fact]
    public async Task RunAsync_RuleSets_AreWalkedOverAndNotKept()
    {
        var collector = new FakeCollector();
        Start(collector);
        Ask(Probes.Asking("run-1"));
        await Done();
        var request = collector.Requests.ShouldHaveSingleItem();
        request.Readers.ShouldBeNull();
        request.KeepRuleSets.ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_BadGlob_FailsWithoutReading()
    {
        var collector = new FakeCollector();
        Start(collector);
        Ask(Probes.Asking("run-1", globs: ["wg0;reboot"]));
        var done = await Done();
        done.Phase.ShouldBe(NodeProbePhase.Failed);
        done.Message!.ShouldContain("wg0;reboot");
        collector.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_CollectorThrows_FailsWithAHarmlessMessage()
    {
        Start(new FakeCollector((_, _) => throw new InvalidOperationException("no\u001b[31m" + new string('x', 5000))));
        Ask(Probes.Asking("run-1"));
        var done = await Done();
        done.Phase.ShouldBe(NodeProbePhase.Failed);
        done.Message!.Length.ShouldBe(1024);
        done.Message.ShouldNotContain("\u001b");
        Ask(Probes.Asking("run-2"));
        (await Done()).Run.ShouldBe("run-2");
    }

    [Fact]
    public async Task RunAsync_CollectorHangs_FailsAfterItsLimit()
    {
        var entered = new TaskCompletionSource();
        Start(new FakeCollector(async (_, ct) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
            throw new InvalidOperationException("not reached");
        }));
        Ask(Probes.Asking("run-1"));
        await entered.Task;
        await _client.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(68));
        var done = await _client.NextAsync();
        done.Phase.ShouldBe(NodeProbePhase.Failed);
        done.Message!.ShouldContain("did not end within 68 s");
    }

    [Fact]
    public async Task RunAsync_ServerAwayForMinutes_ResultIsDeliveredOnce()
    {
        _client.Away = true;
        var collector = new FakeCollector();
        Start(collector);
        Ask(Probes.Asking("run-1"));
        for (var i = 0; i < 12; i++) await WhileTimePasses(_client.NextFailureAsync());
        _time.GetUtcNow().ShouldBeGreaterThan(SampleFacts.At.AddMinutes(3));
        _client.Away = false;
        var done = await WhileTimePasses(_client.NextAsync());
        done.Phase.ShouldBe(NodeProbePhase.Complete);
        collector.Requests.Count.ShouldBe(1);
        _client.Accepted.Count.ShouldBe(1);
        await EndAsync(); // the line is written after the server has answered
        _log.ToString().ShouldContain("delivered at attempt");
    }

    [Fact]
    public async Task RunAsync_AnotherRunDuringCollection_DropsTheFirst()
    {
        var entered = new TaskCompletionSource();
        var facts = SampleFacts.Node("node-a", SampleFacts.Namespace(SampleFacts.Device(SampleFacts.Peer(1))));
        var first = true;
        Start(new FakeCollector(async (_, ct) =>
        {
            if (!first) return facts;
            first = false;
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
            return facts;
        }));
        Ask(Probes.Asking("run-1"));
        await entered.Task;
        (await _client.NextAsync()).Run.ShouldBe("run-1");
        Ask(Probes.Asking("run-2"));
        (await Done()).Run.ShouldBe("run-2");
        _client.Accepted.ShouldNotContain(s => s.Contains("run-1", StringComparison.Ordinal) && s.Contains("Complete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_AnotherRunWhileUndelivered_StopsRetryingTheFirst()
    {
        _client.OnApply = s => s.Run == "run-1" ? new KubeError(KubeErrorKind.ServerError, "etcd is full") : null;
        Start(new FakeCollector());
        Ask(Probes.Asking("run-1"));
        await _client.NextFailureAsync();
        Ask(Probes.Asking("run-2"));
        (await Done()).Run.ShouldBe("run-2");
    }

    [Fact]
    public async Task RunAsync_StatusRefusedAsInvalid_SaysSoInsteadOfTryingForEver()
    {
        _client.OnApply = s => s.Facts is null ? null : new KubeError(KubeErrorKind.Invalid, "status.facts: too deep");
        Start(new FakeCollector());
        Ask(Probes.Asking("run-1"));
        var done = await Done();
        done.Phase.ShouldBe(NodeProbePhase.Failed);
        done.Message!.ShouldContain("refused");
    }

    [Fact]
    public async Task RunAsync_ObjectDeleted_GoesOnWithTheNext()
    {
        Start(new FakeCollector());
        _inbox.Upsert(Probes.Asking("run-1")); // the server has never heard of it
        await _client.NextFailureAsync();
        Ask(Probes.Asking("run-2", uid: "uid-2"));
        (await Done()).Run.ShouldBe("run-2");
    }

    [Fact]
    public async Task RunAsync_OwnStatusSeenAgain_IsNotWrittenTwice()
    {
        Start(new FakeCollector());
        Ask(Probes.Asking("run-1"));
        var done = await Done();
        _inbox.Upsert(Probes.Asking("run-1", status: done with { Phase = NodeProbePhase.Running, Facts = null }));
        _inbox.Upsert(Probes.Asking("run-1", status: done));
        Ask(Probes.Asking("run-2"));
        (await Done()).Run.ShouldBe("run-2");
        _client.Accepted.Count.ShouldBe(4); // Running and Complete of two runs
    }

    [Fact]
    public async Task RunAsync_StopWhileRetrying_EndsAtOnce()
    {
        _client.Away = true;
        Start(new FakeCollector());
        Ask(Probes.Asking("run-1"));
        await _client.NextFailureAsync();
        await _stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_working.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await EndAsync();
        _log.ToString().ShouldNotContain(SampleFacts.Key(1));
    }

    public void Dispose()
    {
        _stop.Dispose();
        _log.Dispose();
    }

    private void Start(FakeCollector collector)
    {
        var log = new AgentLog(_log, _time);
        _inbox = new RunInbox(Probes.Settings, log);
        var worker = new RunWorker(_inbox, new RunExecutor(collector, Probes.Settings, _time, "1.2.3"), new StatusDelivery(_client, _time, () => 0.5, log), log);
        _working = Task.Run(() => worker.RunAsync(_stop.Token));
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Ask(KubeWgDiag.Crds.NodeProbes.NodeProbe probe)
    {
        _client.Put(probe);
        _inbox.Upsert(probe);
    }

    /// <summary>Lets seconds go by until the task is done.</summary>
    private async Task<T> WhileTimePasses<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await task;
    }

    private async Task<NodeProbeStatus> Done()
    {
        while (true)
        {
            if (await _client.NextAsync() is { Phase: not NodeProbePhase.Running } done) return done;
        }
    }
}
