// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace KubeWgDiag.EmbeddedApiServer.Faults;

/// <summary>Dice for each request, from the seed, what the request is, and how many of its kind came before.</summary>
internal sealed class FaultDice(int seed)
{
    private readonly ConcurrentDictionary<(string, string, string), Counter> _counters = new();

    public Random Roll(RequestKey key)
    {
        Counter counter = _counters.GetOrAdd((key.Agent, key.Verb, key.Resource), _ => new Counter());
        long number = Interlocked.Increment(ref counter.Value);
        return SeededRandom.Of($"{seed}|{key.Agent}|{key.Verb}|{key.Resource}|{number}");
    }

    private sealed class Counter
    {
        public long Value;
    }
}
