// SPDX-License-Identifier: Apache-2.0

using System.Threading.Channels;

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>The changes that one open watch has still to send: references, not copies. A reader that falls too far behind is expired.</summary>
/// <param name="only">The watch can only be interested in objects with this value in this field; null: in all.</param>
internal sealed class Subscription(int capacity, (string Path, string Value)? only)
{
    private readonly Channel<StoreEvent> _queue =
        Channel.CreateBounded<StoreEvent>(new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public (string Path, string Value)? Only => only;

    /// <summary>True when changes were lost: the watch has to end with 410.</summary>
    public bool IsExpired { get; private set; }

    public bool IsEmpty => _queue.Reader.Count == 0;

    public void Offer(StoreEvent change)
    {
        if (!_queue.Writer.TryWrite(change))
            Expire();
    }

    public void Expire()
    {
        IsExpired = true;
        _queue.Writer.TryComplete();
    }

    /// <summary>Completes when there is something to read, or with false when the watch has expired.</summary>
    public Task<bool> WaitAsync(CancellationToken ct) => _queue.Reader.WaitToReadAsync(ct).AsTask();

    public List<StoreEvent> Take(int most)
    {
        var taken = new List<StoreEvent>();
        while (taken.Count < most && _queue.Reader.TryRead(out StoreEvent? change))
            taken.Add(change);
        return taken;
    }
}
