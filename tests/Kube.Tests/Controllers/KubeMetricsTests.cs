// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Controllers;

[Collection(MeterCollection.Name)]
public sealed class KubeMetricsTests : IDisposable, IEntityController<Widget>
{
    private readonly FakeKubernetesClient _client = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly MeterRecording _recording = new();
    private readonly KubeMetrics _metrics = new();
    private Func<Widget, CancellationToken, Task<ReconciliationResult<Widget>>> _reconcile = (entity, _) => Task.FromResult(ReconciliationResult<Widget>.Success(entity));

    public void Dispose()
    {
        _metrics.Dispose();
        _recording.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public void New_EveryCounterAndGauge_IsZero()
    {
        var informer = new Informer<Widget>(_client, Widget.Type, new InformerOptions<Widget>(), _time);
        using var controller = new Controller<Widget>(informer, this, new ControllerOptions { Name = "m", Workers = 3 }, _metrics, _time);

        _recording.Observe();

        _recording.All.Where(series => series.Key.Contains("=m", StringComparison.Ordinal)).ToDictionary().ShouldBe(
            new Dictionary<string, double>
            {
                ["controller_runtime_reconcile_total{controller=m,result=success}"] = 0,
                ["controller_runtime_reconcile_total{controller=m,result=requeue_after}"] = 0,
                ["controller_runtime_reconcile_total{controller=m,result=error}"] = 0,
                ["controller_runtime_reconcile_errors_total{controller=m}"] = 0,
                ["controller_runtime_terminal_reconcile_errors_total{controller=m}"] = 0,
                ["controller_runtime_reconcile_timeouts_total{controller=m}"] = 0,
                ["controller_runtime_reconcile_panics_total{controller=m}"] = 0,
                ["controller_runtime_active_workers{controller=m}"] = 0,
                ["controller_runtime_max_concurrent_reconciles{controller=m}"] = 3,
                ["workqueue_depth{name=m,controller=m}"] = 0,
                ["workqueue_adds_total{name=m,controller=m}"] = 0,
                ["workqueue_retries_total{name=m,controller=m}"] = 0,
                ["workqueue_unfinished_work_seconds{name=m,controller=m}"] = 0,
                ["workqueue_longest_running_processor_seconds{name=m,controller=m}"] = 0,
            },
            ignoreOrder: true);
        foreach (string outcome in (string[])["created", "series", "counted", "dropped", "invalid", "failed"])
            _recording[$"event_recorder_events_total{{outcome={outcome}}}"].ShouldBe(0);
    }

    [Theory]
    [InlineData("panic", "controller_runtime_reconcile_panics_total", 1)]
    [InlineData("terminal", "controller_runtime_terminal_reconcile_errors_total", 0)]
    [InlineData("timeout", "controller_runtime_reconcile_timeouts_total", 1)]
    [InlineData("failure", "controller_runtime_reconcile_errors_total", 1)]
    public async Task Ended_Badly_CountsItsKindAndAnError(string how, string counter, int retries)
    {
        _reconcile = how switch
        {
            "panic" => (_, _) => throw new InvalidOperationException("a bug"),
            "terminal" => (entity, _) => Task.FromResult(ReconciliationResult<Widget>.TerminalFailure(entity, "never")),
            "failure" => (entity, _) => Task.FromResult(ReconciliationResult<Widget>.Failure(entity, "not yet")),
            _ => async (entity, ct) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                return ReconciliationResult<Widget>.Success(entity);
            }
            ,
        };
        using Controller<Widget> controller = Start();
        await FakeTime.UntilAsync(() => _recording["controller_runtime_active_workers{controller=m}"] is not null);
        if (how == "timeout") await _time.AdvanceUntilAsync(() => _recording[$"{counter}{{controller=m}}"] == 1, TimeSpan.FromSeconds(10));

        await FakeTime.UntilAsync(() => _recording["controller_runtime_reconcile_total{controller=m,result=error}"] == 1);
        await FakeTime.UntilAsync(() => _recording["workqueue_work_duration_seconds{name=m,controller=m}"] == 1);

        _recording[$"{counter}{{controller=m}}"].ShouldBe(1);
        _recording["controller_runtime_reconcile_errors_total{controller=m}"].ShouldBe(1);
        _recording["controller_runtime_active_workers{controller=m}"].ShouldBe(0);
        _recording["controller_runtime_reconcile_time_seconds{controller=m}"].ShouldBe(1);
        _recording["workqueue_retries_total{name=m,controller=m}"].ShouldBe(retries);
        _recording["workqueue_queue_duration_seconds{name=m,controller=m}"].ShouldBe(1);
        await _stop.CancelAsync();
    }

    [Fact]
    public async Task Observe_WorkThatHangs_ShowsHowLong()
    {
        var gate = new TaskCompletionSource();
        bool working = false;
        _reconcile = async (entity, _) =>
        {
            working = true;
            await gate.Task;
            return ReconciliationResult<Widget>.Success(entity);
        };
        using Controller<Widget> controller = Start();
        await FakeTime.UntilAsync(() => working);
        _time.Advance(TimeSpan.FromSeconds(7));

        _recording.Observe();

        _recording["workqueue_unfinished_work_seconds{name=m,controller=m}"].ShouldBe(7);
        _recording["workqueue_longest_running_processor_seconds{name=m,controller=m}"].ShouldBe(7);
        _recording["workqueue_adds_total{name=m,controller=m}"].ShouldBe(1);
        gate.SetResult();
        await FakeTime.UntilAsync(() => _recording["workqueue_work_duration_seconds{name=m,controller=m}"] == 1);
        _recording.Observe();
        _recording["workqueue_unfinished_work_seconds{name=m,controller=m}"].ShouldBe(0);
        await _stop.CancelAsync();
    }

    Task<ReconciliationResult<Widget>> IEntityController<Widget>.ReconcileAsync(Widget entity, CancellationToken cancellationToken) => _reconcile(entity, cancellationToken);

    Task IEntityController<Widget>.DeletedAsync(Widget entity, CancellationToken cancellationToken) => Task.CompletedTask;

    private Controller<Widget> Start()
    {
        var informer = new Informer<Widget>(_client, Widget.Type, new InformerOptions<Widget> { Jitter = () => 0 }, _time);
        var controller = new Controller<Widget>(informer, this, new ControllerOptions { Name = "m" }, _metrics, _time);
        _client.NextList("5", Widget.Named("a"));
        _ = informer.RunAsync(_stop.Token);
        _ = controller.RunAsync(_stop.Token, _stop.Token);
        return controller;
    }
}
