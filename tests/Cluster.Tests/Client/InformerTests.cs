// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Client;

/// <summary>An informer on a real stream of changes.</summary>
public sealed class InformerTests : ClusterTest
{
    private const string Group = "tests.kubewgdiag.io/group";
    private const string ByPlace = "place";

    [Fact]
    public async Task Informer_FollowsCreateUpdateDeleteAndRecreation()
    {
        var group = NewName("informed");
        var first = await CreateGadgetAsync(NewGadget($"{group}-first", new GadgetSpec { Place = "x" }, (Group, group)));
        await using var running = await RunAsync(group);
        running.Informer.Store.List().ShouldHaveSingleItem().Metadata.Uid.ShouldBe(first.Metadata.Uid);

        var second = await CreateGadgetAsync(NewGadget($"{group}-second", new GadgetSpec { Place = "x" }, (Group, group)));
        await running.UntilAsync(store => store.ByIndex(ByPlace, "x").Count == 2);
        await Client.ReplaceAsync(Gadgets, second with { Spec = new GadgetSpec { Place = "y" } }, Stop);
        await running.UntilAsync(store => store.ByIndex(ByPlace, "y").Count == 1 && store.ByIndex(ByPlace, "x").Count == 1);

        var key = new ObjectKey(Namespace, first.Metadata.Name!);
        await Client.DeleteAsync(Gadgets, Namespace, key.Name, first.Metadata.Uid, Stop);
        var recreated = await CreateGadgetAsync(NewGadget(key.Name, new GadgetSpec { Place = "z" }, (Group, group)));
        await running.UntilAsync(store => store.Get(key)?.Metadata.Uid == recreated.Metadata.Uid);
        running.ChangesOf(key).ShouldBe([("", first.Metadata.Uid!), (first.Metadata.Uid!, ""), ("", recreated.Metadata.Uid!)]);

        await Client.DeleteAsync(Gadgets, Namespace, second.Metadata.Name!, null, Stop);
        await running.UntilAsync(store => store.Count == 1 && store.ByIndex(ByPlace, "y").Count == 0);
    }

    [Fact]
    public async Task Informer_ManyObjectsAtOnce_NoneIsMissing()
    {
        var group = NewName("many");
        await using var running = await RunAsync(group);
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), Stop, async (i, ct) =>
            await Client.CreateAsync(Gadgets, NewGadget($"{group}-{i}", new GadgetSpec { Place = "x" }, (Group, group)), ct));
        await running.UntilAsync(store => store.Count == 40);
    }

    private async Task<RunningInformer> RunAsync(string group)
    {
        var options = new InformerOptions<Gadget>
        {
            Namespace = Namespace,
            LabelSelector = $"{Group}={group}",
            Indexes = new Dictionary<string, Func<Gadget, IEnumerable<string>>> { [ByPlace] = gadget => gadget.Spec?.Place is { } place ? [place] : [] },
        };
        var running = new RunningInformer(new Informer<Gadget>(Client, Gadgets, options, TimeProvider.System));
        (await running.Informer.WaitForSyncAsync(Waiting.Limit, Stop)).ShouldBeTrue();
        return running;
    }

    private sealed class RunningInformer : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentQueue<ObjectChange<Gadget>> _changes = [];
        private readonly SemaphoreSlim _changed = new(0);
        private readonly Task _run;

        public RunningInformer(Informer<Gadget> informer)
        {
            Informer = informer;
            informer.AddHandler(change =>
            {
                _changes.Enqueue(change);
                _changed.Release();
            });
            _run = informer.RunAsync(_stop.Token);
        }

        public Informer<Gadget> Informer { get; }

        /// <summary>Appearances and disappearances as uids (old, new); updates are left out.</summary>
        public IEnumerable<(string Old, string New)> ChangesOf(ObjectKey key) => _changes
            .Where(change => change.Key == key && (change.Old is null || change.New is null))
            .Select(change => (change.Old?.Metadata.Uid ?? "", change.New?.Metadata.Uid ?? ""));

        public async Task UntilAsync(Func<ObjectStore<Gadget>, bool> done)
        {
            while (!done(Informer.Store))
                (await _changed.WaitAsync(Waiting.Limit)).ShouldBeTrue($"no change within {Waiting.Limit}; the store holds {Informer.Store.Count}");
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
            _changed.Dispose();
        }
    }
}
