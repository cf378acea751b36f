// SPDX-License-Identifier: Apache-2.0

using System.Threading.Channels;
using KubeWgDiag.Crds.NodeProbes;
using NodeProbeObject = KubeWgDiag.Crds.NodeProbes.NodeProbe;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>
/// The runs that are asked for and not answered. A watch fills it from any thread, one worker empties it. It knows what this process has
/// answered itself, because a watch may show an older status for a while.
/// </summary>
public sealed class RunInbox(AgentSettings settings, AgentLog log)
{
    /// <summary>There is one NodeProbe for a node and a diagnosis; more than a few are a mistake or an attack.</summary>
    private const int MaxProbes = 16;

    private const int MaxRunLength = 63;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>A NodeProbe was seen, new or changed.</summary>
    public void Upsert(NodeProbeObject probe)
    {
        if (probe.Metadata.Name is not { Length: > 0 } name) return;
        // The selectors of the watch say the same; a server that ignores them must not make this node answer for another.
        if (probe.Spec is not { } spec || spec.NodeName != settings.NodeName || spec.Run is not { Length: > 0 and <= MaxRunLength })
        {
            Remove(name);
            return;
        }

        lock (_gate)
        {
            if (_entries.TryGetValue(name, out var entry) && entry.Uid != probe.Metadata.Uid)
            {
                Cancel(entry);
                _entries.Remove(name);
                entry = null;
            }

            if (entry is null)
            {
                if (_entries.Count >= MaxProbes)
                {
                    log.Warn($"NodeProbe {name} is ignored: already {MaxProbes} of them for this node");
                    return;
                }

                entry = new Entry(probe.Metadata.Uid);
                _entries.Add(name, entry);
            }

            entry.Spec = spec;
            if (probe.Status is { Phase: NodeProbePhase.Complete or NodeProbePhase.Failed } status && status.Run == spec.Run)
                entry.AnsweredRun = spec.Run;
            if (entry.WorkingRun != spec.Run) Cancel(entry);
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>A NodeProbe is gone.</summary>
    public void Remove(string name)
    {
        lock (_gate)
        {
            if (_entries.Remove(name, out var entry)) Cancel(entry);
        }
    }

    /// <summary>Waits for the next run without an answer. Every request taken is given back by <see cref="Finish"/>.</summary>
    public async Task<RunRequest> TakeAsync(CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (TryTake(ct) is { } request) return request;
            await _wake.Reader.ReadAsync(ct);
        }
    }

    /// <summary>The worker is done with a request; when it was not answered and is still asked for, it comes again.</summary>
    public void Finish(RunRequest request, bool answered)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(request.Name, out var entry) || entry.Uid != request.Uid) return;
            entry.Working?.Dispose();
            entry.Working = null;
            if (answered) entry.AnsweredRun = request.Spec.Run;
        }

        _wake.Writer.TryWrite(true);
    }

    private RunRequest? TryTake(CancellationToken ct)
    {
        lock (_gate)
        {
            foreach (var (name, entry) in _entries)
            {
                if (entry.Working is not null || entry.Spec is not { } spec || entry.AnsweredRun == spec.Run) continue;
                entry.Working = CancellationTokenSource.CreateLinkedTokenSource(ct);
                entry.WorkingRun = spec.Run;
                return new RunRequest(name, entry.Uid, spec, entry.Working.Token);
            }
        }

        return null;
    }

    /// <summary>Callbacks run elsewhere: run here, they would continue the worker while the gate is held.</summary>
    private static void Cancel(Entry entry) => _ = entry.Working?.CancelAsync();

    private sealed class Entry(string? uid)
    {
        public string? Uid { get; } = uid;

        public NodeProbeSpec? Spec { get; set; }

        public string? AnsweredRun { get; set; }

        public CancellationTokenSource? Working { get; set; }

        public string? WorkingRun { get; set; }
    }
}
