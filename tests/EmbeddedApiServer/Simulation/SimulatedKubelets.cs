// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace KubeWgDiag.EmbeddedApiServer.Simulation;

/// <summary>The kubelets of all simulated nodes in one loop: what is due is done, in the order of time.</summary>
internal sealed class SimulatedKubelets(ClusterObjects objects, SimulatedNodes nodes, Func<int, TimeSpan> backOff)
{
    /// <summary>Steps at a time, so that new pods are seen while many are due.</summary>
    private const int StepsPerPass = 500;

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, SimulatedPod> _pods = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(string Uid, SimulatedPod Pod), DateTimeOffset> _due = new();
    private readonly ChangeSignal _changed = objects.Signal("pods");

    public async Task RunAsync(CancellationToken ct)
    {
        Task? change = null;
        while (!ct.IsCancellationRequested)
        {
            if (change is null or { IsCompleted: true })
            {
                change = _changed.WaitAsync(ct);
                Look();
            }

            int done = Advance();
            await Task.Delay(done == StepsPerPass ? TimeSpan.Zero : Rest, ct); // a burst of changes is one look
            if (done < StepsPerPass)
                await Task.WhenAny(change, _due.TryPeek(out _, out DateTimeOffset next) ? Task.Delay(Until(next), objects.Time, ct) : Task.Delay(Timeout.Infinite, ct));
        }
    }

    /// <summary>Lets the pods of a node begin anew, because it behaves differently now.</summary>
    public void StartAgain(string node)
    {
        foreach ((string uid, SimulatedPod pod) in _pods)
        {
            if (pod.Node == node)
                _pods.TryRemove(uid, out _);
        }

        _changed.Set();
    }

    private TimeSpan Until(DateTimeOffset due)
    {
        TimeSpan left = due - objects.Time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Takes on new pods and forgets those that are gone.</summary>
    private void Look()
    {
        var alive = new HashSet<string>(StringComparer.Ordinal);
        DateTimeOffset now = objects.Time.GetUtcNow();
        foreach (StoredObject item in objects.List("pods").Where(pod => PodView.Of(pod).IsPlaced && nodes.Contains(PodView.Of(pod).Node)))
        {
            alive.Add(item.Uid);
            if (_pods.ContainsKey(item.Uid))
                continue;
            var pod = new SimulatedPod(item, objects, nodes.Options, backOff);
            _pods[item.Uid] = pod;
            _due.Enqueue((item.Uid, pod), now + Delay(pod.Node));
        }

        foreach (string gone in _pods.Keys.Where(uid => !alive.Contains(uid)))
            _pods.TryRemove(gone, out _);
    }

    private int Advance()
    {
        int done = 0;
        while (done < StepsPerPass && _due.TryPeek(out (string Uid, SimulatedPod Pod) next, out DateTimeOffset due) && due <= objects.Time.GetUtcNow())
        {
            _due.Dequeue();
            done++;
            bool isCurrent = _pods.TryGetValue(next.Uid, out SimulatedPod? pod) && pod == next.Pod;
            if (isCurrent && nodes.Of(next.Pod.Node) is { } behaviour && next.Pod.Step(behaviour) is { } wait)
                _due.Enqueue(next, objects.Time.GetUtcNow() + wait);
        }

        return done;
    }

    private TimeSpan Delay(string node)
    {
        (TimeSpan least, TimeSpan most) = nodes.Options.StartDelay;
        return least + ((most - least) * SeededRandom.Of($"{nodes.Options.Seed}|{node}").NextDouble());
    }
}
