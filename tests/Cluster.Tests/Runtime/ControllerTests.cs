// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Runtime;

/// <summary>The controller runtime on a real stream of changes.</summary>
public sealed class ControllerTests : ClusterTest
{
    private const string Group = "tests.kubewgdiag.io/group";
    private const string Finalizer = "tests.kubewgdiag.io/cleanup";
    private const string Manager = "kubewgdiag-tests-controller";

    [Fact]
    public async Task Finalizer_CleanupRunsBeforeTheObjectGoes()
    {
        var group = NewName("cleanup");
        var cleaned = new ConcurrentQueue<string>();
        var entity = new GadgetController(async (gadget, ct) =>
        {
            var wanted = gadget.Metadata.DeletionTimestamp is null;
            if (!wanted) cleaned.Enqueue(gadget.Metadata.Uid!);
            var intent = new Gadget
            {
                Metadata = new ObjectMeta { Name = gadget.Metadata.Name, Namespace = Namespace, Uid = gadget.Metadata.Uid, Finalizers = wanted ? [Finalizer] : null },
            };
            var applied = await Client.ApplyAsync(Gadgets, intent, Manager, ct);
            // Gone meanwhile, or its uid is another's: there is nothing left to hold.
            return applied.IsSuccess || !wanted
                ? ReconciliationResult<Gadget>.Success(gadget)
                : ReconciliationResult<Gadget>.Failure(gadget, applied.Error.Message);
        });
        await using var running = Run(group, entity);

        var created = await CreateGadgetAsync(NewGadget(group, null, (Group, group)));
        await Client.UntilAsync(Gadgets, Namespace, group, gadget => gadget?.Metadata.Finalizers is [Finalizer], Stop);
        await Client.DeleteAsync(Gadgets, Namespace, group, created.Metadata.Uid, Stop);
        await Client.UntilGoneAsync(Gadgets, Namespace, group, Stop);
        cleaned.Distinct().ShouldBe([created.Metadata.Uid]);
    }

    [Fact]
    public async Task Requeue_ComesBackWithoutAChange()
    {
        var group = NewName("requeue");
        var visits = 0;
        var reached = new TaskCompletionSource();
        var entity = new GadgetController((gadget, _) =>
        {
            if (Interlocked.Increment(ref visits) == 3) reached.TrySetResult();
            return Task.FromResult(ReconciliationResult<Gadget>.Success(gadget, visits < 3 ? TimeSpan.FromMilliseconds(50) : null));
        });
        await using var running = Run(group, entity);
        await CreateGadgetAsync(NewGadget(group, null, (Group, group)));
        await reached.Task.WaitAsync(Waiting.Limit);
    }

    [Fact]
    public async Task Panic_IsTriedAgain_AndOtherObjectsAreNotHeldUp()
    {
        var group = NewName("panic");
        var attempts = 0;
        var entity = new GadgetController(async (gadget, ct) =>
        {
            if (gadget.Metadata.Name == $"{group}-bad" && Interlocked.Increment(ref attempts) < 4) throw new InvalidOperationException("as a bug would");
            var status = new Gadget { Metadata = new ObjectMeta { Name = gadget.Metadata.Name, Namespace = Namespace }, Status = new GadgetStatus { Phase = "Done", Count = attempts } };
            if (gadget.Status?.Phase == "Done") return ReconciliationResult<Gadget>.Success(gadget);
            var written = await Client.ApplyStatusAsync(Gadgets, status, Manager, ct);
            return written.IsSuccess ? ReconciliationResult<Gadget>.Success(gadget) : ReconciliationResult<Gadget>.Failure(gadget, written.Error.Message);
        });
        await using var running = Run(group, entity);
        await CreateGadgetAsync(NewGadget($"{group}-bad", null, (Group, group)));
        await CreateGadgetAsync(NewGadget($"{group}-good", null, (Group, group)));
        await Client.UntilAsync(Gadgets, Namespace, $"{group}-good", gadget => gadget?.Status?.Phase == "Done", Stop);
        var bad = await Client.UntilAsync(Gadgets, Namespace, $"{group}-bad", gadget => gadget?.Status?.Phase == "Done", Stop);
        bad!.Status!.Count!.Value.ShouldBeGreaterThanOrEqualTo(4);
    }

    [Fact]
    public async Task Deletion_IsToldOnce_WithTheLastState()
    {
        var group = NewName("told");
        var entity = new GadgetController((gadget, _) => Task.FromResult(ReconciliationResult<Gadget>.Success(gadget)));
        await using var running = Run(group, entity);
        (await running.Informer.WaitForSyncAsync(Waiting.Limit, Stop)).ShouldBeTrue();
        await CreateGadgetAsync(NewGadget($"{group}-1", null, (Group, group)));
        await Client.DeleteAsync(Gadgets, Namespace, $"{group}-1", null, Stop);
        // Keys are handled in order: when the second's deletion was told, the first's was.
        await CreateGadgetAsync(NewGadget($"{group}-2", null, (Group, group)));
        await Client.DeleteAsync(Gadgets, Namespace, $"{group}-2", null, Stop);
        await Eventually(() => entity.Deleted.Count == 2);
        entity.Deleted.ShouldBe([$"{group}-1", $"{group}-2"], ignoreOrder: true);
    }

    [Fact]
    public async Task Stop_WorkEndsFirst_WhileTheCacheStillFollows()
    {
        var group = NewName("stop");
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var entity = new GadgetController(async (gadget, _) =>
        {
            started.TrySetResult();
            await release.Task;
            return ReconciliationResult<Gadget>.Success(gadget);
        });
        await using var running = Run(group, entity);
        await CreateGadgetAsync(NewGadget($"{group}-1", null, (Group, group)));
        await started.Task.WaitAsync(Waiting.Limit);
        await running.StopAsync();

        await CreateGadgetAsync(NewGadget($"{group}-2", null, (Group, group)));
        await Eventually(() => running.Informer.Store.Count == 2);
        running.Ended.IsCompleted.ShouldBeFalse("the work that is under way is waited for");
        release.SetResult();
        await running.Ended.WaitAsync(Waiting.Limit);
    }

    private RunningController Run(string group, GadgetController entity) => new(Client, Gadgets, Namespace, $"{Group}={group}", entity);

    private static async Task Eventually(Func<bool> done)
    {
        using var limit = new CancellationTokenSource(Waiting.Limit);
        while (!done()) await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }
}
