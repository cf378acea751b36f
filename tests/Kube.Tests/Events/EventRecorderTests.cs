// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Events;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Events;

[Collection(MeterCollection.Name)]
public sealed class EventRecorderTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeEvents _server = new();
    private readonly MeterRecording _recording = new();
    private readonly KubeMetrics _metrics = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly EventRecorder _recorder;
    private Task _running = Task.CompletedTask;

    public EventRecorderTests()
    {
        var options = new EventRecorderOptions { ReportingController = "example.dev/widgets", ReportingInstance = "pod-1", FieldManager = "tests", Jitter = () => 0 };
        _recorder = new EventRecorder(_server, options, _metrics.Events, _time);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _abort.CancelAsync();
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _recording.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    [Fact]
    public async Task Record_TheSameAgainAndAgain_IsCreatedThenMadeASeriesAndThenCounted()
    {
        Start();
        for (int i = 0; i < 6; i++)
        {
            // The text varies; the first one stays.
            _recorder.Record(About("a", note: $"try {i}"));
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        await FakeTime.UntilAsync(() => Outcome("counted") == 4);

        _server.Log.ShouldBe(["create", """patch {"series":{"count":2,"lastObservedTime":"2026-03-01T12:00:10.000000Z"}}"""]);
        _server.Created.ShouldHaveSingleItem().Note.ShouldBe("try 0");
        (Outcome("created"), Outcome("series")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Record_AnythingOfTheKeyDiffers_IsAnotherEvent()
    {
        Start();
        Event first = About("a");
        _recorder.Record(first);
        _recorder.Record(first with { Type = "Warning" });
        _recorder.Record(first with { Action = "Other" });
        _recorder.Record(first with { Reason = "Other" });
        _recorder.Record(first with { Related = new ObjectReference { Kind = "Node", Name = "n" } });
        _recorder.Record(About("b"));

        // All in one moment of the clock, and yet each has a name of its own.
        await FakeTime.UntilAsync(() => _server.Created.Count == 6);
        _server.Log.ShouldAllBe(entry => entry == "create");
    }

    [Fact]
    public async Task Sweep_SilentSeries_IsWrittenOnceMoreAndThenForgotten()
    {
        Start();
        for (int i = 0; i < 5; i++) _recorder.Record(About("a"));
        await FakeTime.UntilAsync(() => Outcome("counted") == 3);

        await AdvanceAsync(TimeSpan.FromMinutes(8));

        _server.Log.Count.ShouldBe(3);
        _server.Log[2].ShouldStartWith("""patch {"series":{"count":5""");
        _recorder.Record(About("a"));
        await FakeTime.UntilAsync(() => _server.Log.Count == 4);
        _server.Log[3].ShouldBe("create");
    }

    [Fact]
    public async Task Sweep_SeriesThatGoesOn_IsRefreshedHalfHourly()
    {
        Start();
        for (int minute = 0; minute < 65; minute++)
        {
            _recorder.Record(About("a"));
            await AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        await FakeTime.UntilAsync(() => Outcome("counted") == 63);
        _server.Log.Count(entry => entry.StartsWith("patch", StringComparison.Ordinal)).ShouldBe(3);
        _server.Log.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Sweep_SingleEvent_IsForgottenWithoutAWrite()
    {
        Start();
        _recorder.Record(About("a"));
        await AdvanceAsync(TimeSpan.FromMinutes(8));
        _recorder.Record(About("a"));

        await FakeTime.UntilAsync(() => _server.Log.Count == 2);
        _server.Log.ShouldBe(["create", "create"]);
    }

    [Fact]
    public async Task Record_ServerHasLostTheEvent_IsCreatedAgainWithItsSeries()
    {
        Start();
        _recorder.Record(About("a"));
        await FakeTime.UntilAsync(() => _server.Log.Count == 1);
        _server.Expire();

        _recorder.Record(About("a"));
        await FakeTime.UntilAsync(() => _server.Log.Count == 3);

        _server.Log.ShouldBe(["create", "patch NotFound", "create series 2"]);
        _server.Created[1].Metadata.ResourceVersion.ShouldBeNull();
        _server.Created[1].Metadata.Name.ShouldBe(_server.Created[0].Metadata.Name);
    }

    [Fact]
    public async Task Record_SomebodyElseCreatesTheLostEventMeanwhile_IsPatchedInTheEnd()
    {
        Start();
        _recorder.Record(About("a"));
        await FakeTime.UntilAsync(() => _server.Log.Count == 1);
        _server.Refusals.Enqueue(KubeErrorKind.NotFound);

        _recorder.Record(About("a"));
        await _time.AdvanceUntilAsync(() => _server.Log.Count == 4, TimeSpan.FromSeconds(1));

        _server.Log.Take(3).ShouldBe(["create", "patch NotFound", "create AlreadyExists"]);
        _server.Log[3].ShouldStartWith("patch {");
    }

    [Theory]
    [InlineData(KubeErrorKind.Forbidden)]
    [InlineData(KubeErrorKind.Invalid)]
    [InlineData(KubeErrorKind.TooManyRequests)]
    [InlineData(KubeErrorKind.ServerError)]
    public async Task Record_ServerRefuses_IsFinal(KubeErrorKind kind)
    {
        Start();
        _server.Refusals.Enqueue(kind);
        _recorder.Record(About("a"));
        await FakeTime.UntilAsync(() => Outcome("failed") == 1);

        await AdvanceAsync(TimeSpan.FromMinutes(3));
        _server.Log.Count.ShouldBe(1);
        // What is not there cannot become a series.
        _recorder.Record(About("a"));
        await FakeTime.UntilAsync(() => _server.Log.Count == 2);
        _server.Log[1].ShouldBe("create");
    }

    [Fact]
    public async Task Record_ServerAway_IsTriedTwelveTimesTenSecondsApart()
    {
        Start();
        for (int i = 0; i < 12; i++) _server.Refusals.Enqueue(KubeErrorKind.Unreachable);
        _recorder.Record(About("a"));
        await FakeTime.UntilAsync(() => _server.Log.Count == 1);
        DateTimeOffset start = _time.GetUtcNow();

        await _time.AdvanceUntilAsync(() => Outcome("failed") == 1, TimeSpan.FromSeconds(1));

        _server.Log.Count.ShouldBe(12);
        (_time.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromSeconds(109), TimeSpan.FromSeconds(125));
    }

    [Fact]
    public async Task Record_ServerComesBack_IsTold()
    {
        Start();
        _server.Refusals.Enqueue(KubeErrorKind.Unreachable);
        _recorder.Record(About("a"));

        await _time.AdvanceUntilAsync(() => _server.Created.Count == 1, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Record_QueueFull_DropsAndCounts()
    {
        // Nothing is sent before the recorder runs.
        for (int i = 0; i < 1203; i++) _recorder.Record(About($"w{i}"));

        Outcome("dropped").ShouldBe(203);
        Start();
        await FakeTime.UntilAsync(() => _server.Created.Count == 1000);
    }

    [Fact]
    public async Task Record_NameOfItsOwn_IsKeptAndTheServersRefusalIsASuccess()
    {
        Start();
        _server.Refusals.Enqueue(KubeErrorKind.AlreadyExists);
        _recorder.Record(About("a") with { Metadata = new ObjectMeta { Name = "told-once" } });
        _recorder.Record(About("b") with { Metadata = new ObjectMeta { Name = "told-too" } });

        await FakeTime.UntilAsync(() => Outcome("created") == 2);

        _server.Created.ShouldHaveSingleItem().Metadata.Name.ShouldBe("told-too");
    }

    [Fact]
    public void Record_NotAnEvent_IsCountedAndLeftOut()
    {
        _recorder.Record(About("a") with { Type = "Error" });
        _recorder.Record(About("a") with { Reason = "" });
        _recorder.Record(About("a") with { Action = null });
        _recorder.Record(About("a") with { Regarding = null });
        _recorder.Record(About(""));

        Outcome("invalid").ShouldBe(5);
    }

    [Fact]
    public async Task Stop_WithWaitingEvents_SendsThemAndTheLastCounts()
    {
        Start();
        for (int i = 0; i < 4; i++) _recorder.Record(About("a"));
        await FakeTime.UntilAsync(() => Outcome("counted") == 2);

        await _stop.CancelAsync();
        await _running;

        _server.Log.Count.ShouldBe(3);
        _server.Log[2].ShouldStartWith("""patch {"series":{"count":4""");
        _recorder.Record(About("late"));
        Outcome("dropped").ShouldBe(1);
    }

    [Fact]
    public async Task Stop_ServerHangs_GivesUpAfterTheDrainLimit()
    {
        for (int i = 0; i < 3; i++) _recorder.Record(About($"w{i}"));
        _server.Hangs = true;
        await _stop.CancelAsync();
        DateTimeOffset start = _time.GetUtcNow();
        Start();

        await _time.AdvanceUntilAsync(() => _running.IsCompleted, TimeSpan.FromSeconds(1));

        await _running;
        (_time.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8));
        Outcome("dropped").ShouldBe(2);
    }

    [Fact]
    public async Task Stop_ServerAway_DoesNotWaitForIt()
    {
        Start();
        for (int i = 0; i < 3; i++) _server.Refusals.Enqueue(KubeErrorKind.Unreachable);
        _recorder.Record(About("a"));
        _recorder.Record(About("b"));
        await FakeTime.UntilAsync(() => _server.Log.Count == 1);

        await _stop.CancelAsync();
        await _running;

        Outcome("failed").ShouldBe(2);
    }

    [Fact]
    public async Task Abort_ServerHangs_EndsAtOnce()
    {
        Start();
        _server.Hangs = true;
        _recorder.Record(About("a"));

        await _abort.CancelAsync();

        await _running;
    }

    private static Event About(string name, string? note = null) => new()
    {
        Metadata = new ObjectMeta(),
        Regarding = new ObjectReference { ApiVersion = "example.dev/v1", Kind = "Widget", Namespace = "ns", Name = name, Uid = "u" },
        Type = "Normal",
        Reason = "Happened",
        Action = "Testing",
        Note = note,
    };

    private void Start() => _running = Task.Run(() => _recorder.RunAsync(_stop.Token, _abort.Token));

    private double Outcome(string outcome) => _recording[$"event_recorder_events_total{{outcome={outcome}}}"] ?? 0;

    private async Task AdvanceAsync(TimeSpan time)
    {
        for (int minute = 0; minute < time.TotalMinutes; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(2);
        }
    }
}
