// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Cluster.Tests.Client;

/// <summary>Watches as the client gives them, without an informer.</summary>
public sealed class WatchTests : ClusterTest
{
    [Fact]
    public async Task Watch_FromAnEarlierVersion_GivesWhatHappenedSince_InOrder()
    {
        var name = NewName("since");
        var before = await VersionAsync();
        var created = await CreateGadgetAsync(NewGadget(name));
        await Client.ReplaceAsync(Gadgets, created with { Spec = new GadgetSpec { Size = 2 } }, Stop);
        await Client.DeleteAsync(Gadgets, Namespace, name, null, Stop);

        var seen = await TakeAsync(name, before, 3);
        seen.Select(frame => frame.Type).ShouldBe([WatchEventType.Added, WatchEventType.Modified, WatchEventType.Deleted]);
        seen.Select(frame => frame.Object!.Metadata.Uid).Distinct().ShouldBe([created.Metadata.Uid]);
        seen.Select(frame => frame.ResourceVersion).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Watch_WithSelector_AnObjectThatStopsMatchingIsDeleted()
    {
        var name = NewName("leaves");
        var before = await VersionAsync();
        var gadget = await CreateGadgetAsync(NewGadget(name, new GadgetSpec { Place = name }));
        await Client.ReplaceAsync(Gadgets, gadget with { Spec = new GadgetSpec { Place = "elsewhere" } }, Stop);
        var seen = await TakeAsync(name, before, 2, $"spec.place={name}");
        seen.Select(frame => frame.Type).ShouldBe([WatchEventType.Added, WatchEventType.Deleted]);
    }

    [Fact]
    public async Task Watch_TimeIsOver_TheServerEndsItWithABookmark()
    {
        var before = await VersionAsync();
        var frames = new List<WatchEvent<Gadget>>();
        var options = new WatchOptions { Namespace = Namespace, FieldSelector = "metadata.name=nothing", ResourceVersion = before, Timeout = TimeSpan.FromSeconds(6) };
        // What happens elsewhere in the namespace moves the version on, which is what bookmarks tell.
        await CreateGadgetAsync(NewGadget(NewName("elsewhere")));
        await foreach (var frame in Client.WatchAsync(Gadgets, options, Stop)) frames.Add(frame);
        frames.ShouldAllBe(frame => frame.Type == WatchEventType.Bookmark && frame.ResourceVersion != null);
        frames.ShouldNotBeEmpty("the server sends a bookmark shortly before it ends a watch");
    }

    [Fact]
    public async Task Watch_FromTheFirstVersion_IsExpiredOrWhole()
    {
        var name = NewName("first");
        await CreateGadgetAsync(NewGadget(name));
        var seen = await TakeAsync(name, "1", 1);
        if (seen[0].Type == WatchEventType.Error) seen[0].Error!.Kind.ShouldBe(KubeErrorKind.Expired);
        else (seen[0].Type, seen[0].Object!.Metadata.Name).ShouldBe((WatchEventType.Added, name));
    }

    [Fact]
    public async Task Watch_Cancelled_EndsAtOnceWithTheCallersCancellation()
    {
        using var stop = new CancellationTokenSource();
        var opened = new TaskCompletionSource();
        var name = NewName("cancelled");
        var options = new WatchOptions
        {
            Namespace = Namespace,
            FieldSelector = $"metadata.name={name}",
            ResourceVersion = await VersionAsync(),
            Timeout = TimeSpan.FromMinutes(5),
        };
        var watching = Task.Run(async () =>
        {
            await foreach (var frame in Client.WatchAsync(Gadgets, options, stop.Token))
            {
                if (frame.Type == WatchEventType.Added) opened.SetResult();
            }
        });
        await CreateGadgetAsync(NewGadget(name));
        await opened.Task.WaitAsync(Waiting.Limit);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(watching.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Watch_KindThatIsNotServed_OneErrorFrame()
    {
        var options = new WatchOptions { Namespace = Namespace, ResourceVersion = "0", Timeout = TimeSpan.FromMinutes(1) };
        var frames = new List<WatchEvent<Gadget>>();
        await foreach (var frame in Client.WatchAsync(Gadget.TypeIn("nothing.tests.kubewgdiag.io"), options, Stop)) frames.Add(frame);
        frames.ShouldHaveSingleItem().Error!.Kind.ShouldBe(KubeErrorKind.NotFound);
    }

    private async Task<string> VersionAsync() => Value(await Client.ListAsync(Gadgets, new ListOptions { Namespace = Namespace }, Stop)).Metadata.ResourceVersion!;

    /// <summary>The first frames about an object, bookmarks left out.</summary>
    private async Task<List<WatchEvent<Gadget>>> TakeAsync(string name, string version, int count, string? fields = null)
    {
        var options = new WatchOptions
        {
            Namespace = Namespace,
            FieldSelector = fields ?? $"metadata.name={name}",
            ResourceVersion = version,
            Timeout = TimeSpan.FromMinutes(1),
        };
        var frames = new List<WatchEvent<Gadget>>();
        await foreach (var frame in Client.WatchAsync(Gadgets, options, Stop))
        {
            if (frame.Type != WatchEventType.Bookmark) frames.Add(frame);
            if (frames.Count == count) break;
        }

        return frames;
    }
}
