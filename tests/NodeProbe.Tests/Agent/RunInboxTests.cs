// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.NodeProbe.Agent;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

public sealed class RunInboxTests
{
    private readonly RunInbox _inbox = new(Probes.Settings, new AgentLog(TextWriter.Null, TimeProvider.System));

    [Fact]
    public async Task TakeAsync_RunWithoutStatus_IsTakenOnce()
    {
        _inbox.Upsert(Probes.Asking("run-1"));
        (await _inbox.TakeAsync(default)).Spec.Run.ShouldBe("run-1");
        _inbox.Upsert(Probes.Asking("run-1"));
        await NothingToTake();
    }

    [Fact]
    public async Task TakeAsync_RunAnsweredByAnEarlierProcess_IsNotTaken()
    {
        _inbox.Upsert(Probes.Asking("run-1", status: new NodeProbeStatus { Run = "run-1", Phase = NodeProbePhase.Failed }));
        await NothingToTake();
    }

    [Fact]
    public async Task TakeAsync_RunLeftRunningByAnEarlierProcess_IsTakenAgain()
    {
        _inbox.Upsert(Probes.Asking("run-1", status: new NodeProbeStatus { Run = "run-1", Phase = NodeProbePhase.Running }));
        (await _inbox.TakeAsync(default)).Spec.Run.ShouldBe("run-1");
    }

    [Fact]
    public async Task Finish_Answered_AnOlderViewDoesNotAskAgain()
    {
        _inbox.Upsert(Probes.Asking("run-1"));
        _inbox.Finish(await _inbox.TakeAsync(default), answered: true);
        _inbox.Upsert(Probes.Asking("run-1", status: new NodeProbeStatus { Run = "run-1", Phase = NodeProbePhase.Running }));
        await NothingToTake();
    }

    [Fact]
    public async Task Upsert_AnotherRun_SupersedesTheOneInWork()
    {
        _inbox.Upsert(Probes.Asking("run-1"));
        var first = await _inbox.TakeAsync(default);
        _inbox.Upsert(Probes.Asking("run-2"));
        first.Superseded.IsCancellationRequested.ShouldBeTrue();
        _inbox.Finish(first, answered: false);
        (await _inbox.TakeAsync(default)).Spec.Run.ShouldBe("run-2");
    }

    [Fact]
    public async Task Remove_RunInWork_SupersedesIt()
    {
        _inbox.Upsert(Probes.Asking("run-1"));
        var request = await _inbox.TakeAsync(default);
        _inbox.Remove(Probes.Name);
        request.Superseded.IsCancellationRequested.ShouldBeTrue();
        _inbox.Finish(request, answered: false);
        await NothingToTake();
    }

    [Fact]
    public async Task Upsert_NamesakeWithAnotherUid_IsAskedAnew()
    {
        _inbox.Upsert(Probes.Asking("run-1", uid: "old"));
        var old = await _inbox.TakeAsync(default);
        _inbox.Upsert(Probes.Asking("run-1", uid: "new"));
        old.Superseded.IsCancellationRequested.ShouldBeTrue();
        _inbox.Finish(old, answered: true);
        (await _inbox.TakeAsync(default)).Uid.ShouldBe("new");
    }

    [Fact]
    public async Task Upsert_ProbeOfAnotherNode_IsIgnored()
    {
        _inbox.Upsert(Probes.Asking("run-1", node: "someone-else"));
        await NothingToTake();
    }

    [Fact]
    public async Task Upsert_TooManyProbes_AreIgnored()
    {
        for (var i = 0; i < 40; i++) _inbox.Upsert(Probes.Asking("run-1", name: $"probe-{i:00}"));
        for (var i = 0; i < 16; i++) await _inbox.TakeAsync(default);
        await NothingToTake();
    }

    private async Task NothingToTake()
    {
        using var stop = new CancellationTokenSource();
        var taking = _inbox.TakeAsync(stop.Token);
        // Whatever is there to take is taken before the first wait, so the task would be complete by now.
        taking.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(taking);
    }
}
