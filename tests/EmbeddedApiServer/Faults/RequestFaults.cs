// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Faults;

/// <summary>
/// Faults that happen to requests, by chance from a seed. The chance of the n-th request of a sender for a verb and resource depends on the
/// seed, these and n alone, so other traffic and its order do not change it. Health and /debug are spared.
/// </summary>
public sealed class RequestFaults(int seed)
{
    private readonly FaultDice _dice = new(seed);
    private readonly long[] _counts = new long[Enum.GetValues<RequestFault>().Length];
    private volatile FaultPlan _plan = FaultPlan.None;
    private volatile bool _isOn;

    public int Seed => seed;

    /// <summary>Off at first. Faults that watches have ahead of them happen also after it was switched off.</summary>
    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    /// <exception cref="ArgumentOutOfRangeException">The probabilities add up to more than 1.</exception>
    public FaultPlan Plan
    {
        get => _plan;
        set => _plan = FaultPlan.Check(value);
    }

    /// <summary>How often each fault happened.</summary>
    public IReadOnlyDictionary<RequestFault, long> Counts => Enum.GetValues<RequestFault>().ToDictionary(fault => fault, fault => Volatile.Read(ref _counts[(int)fault]));

    internal void Happened(RequestFault fault) => Interlocked.Increment(ref _counts[(int)fault]);

    /// <summary>What happens to a request: null is nothing. The dice belong to this request.</summary>
    internal (RequestFault Fault, Random Dice)? Draw(RequestKey key, FaultPlan plan)
    {
        if (!_isOn || !plan.Means(key))
            return null;
        Random dice = _dice.Roll(key);
        double mark = dice.NextDouble();
        foreach (RequestFault fault in Enum.GetValues<RequestFault>())
        {
            mark -= plan.Rates.GetValueOrDefault(fault);
            if (mark < 0)
                return Applies(fault, key) ? (fault, dice) : null;
        }

        return null;
    }

    private static bool Applies(RequestFault fault, RequestKey key) => fault switch
    {
        RequestFault.Conflict => key.Verb is "update" or "patch" or "delete",
        RequestFault.DropAfter => !key.IsWatch,
        RequestFault.WatchCut or RequestFault.WatchExpired or RequestFault.WatchGone or RequestFault.WatchClosed => key.IsWatch,
        _ => true,
    };
}
