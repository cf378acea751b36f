// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Events;

/// <summary>The server's side of events: creates and merge patches, and trouble when a test asks for it.</summary>
internal sealed class FakeEvents : RefusingClient
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Event> _stored = [];
    private readonly List<string> _log = [];
    private readonly List<Event> _created = [];

    /// <summary>Answers of the next calls instead of the usual ones.</summary>
    public Queue<KubeErrorKind> Refusals { get; } = new();

    /// <summary>Calls do not come back.</summary>
    public volatile bool Hangs;

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_lock) return [.. _log];
        }
    }

    public IReadOnlyList<Event> Created
    {
        get
        {
            lock (_lock) return [.. _created];
        }
    }

    /// <summary>The server forgets, as it does after an hour.</summary>
    public void Expire()
    {
        lock (_lock) _stored.Clear();
    }

    public override Task<KubeResult<T>> CreateAsync<T>(ResourceType<T> type, T body, CancellationToken ct) => AnswerAsync<T>("create", () =>
    {
        var @event = (Event)(object)body;
        if (!_stored.TryAdd(@event.Metadata.Name!, @event)) return (null, KubeErrorKind.AlreadyExists, "");
        _created.Add(@event);
        return (@event, default, @event.Series is { } series ? $" series {series.Count}" : "");
    }, ct);

    public override Task<KubeResult<T>> MergePatchAsync<T>(ResourceType<T> type, string? @namespace, string name, ReadOnlyMemory<byte> patch, string fieldManager, CancellationToken ct) =>
        AnswerAsync<T>("patch", () =>
        {
            fieldManager.ShouldBe("tests");
            return _stored.TryGetValue(name, out Event? @event) && @event.Metadata.Namespace == @namespace
                ? (@event, default, " " + Encoding.UTF8.GetString(patch.Span))
                : (null, KubeErrorKind.NotFound, "");
        }, ct);

    private async Task<KubeResult<T>> AnswerAsync<T>(string verb, Func<(Event? Event, KubeErrorKind Error, string Detail)> answer, CancellationToken ct)
        where T : class
    {
        if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        lock (_lock)
        {
            (Event? @event, KubeErrorKind error, string detail) = Refusals.TryDequeue(out KubeErrorKind refusal) ? (null, refusal, "") : answer();
            _log.Add(@event is null ? $"{verb} {error}" : verb + detail);
            return @event is null ? new KubeError(error, "as scripted") : KubeResult<T>.Ok((T)(object)@event);
        }
    }
}
