// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.RootCauses;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>
/// Counts the tunnels that nobody lists. Each node counts its own; what a finding says of a whole device moves them to another state, without looking
/// at any of them: the work grows with the number of devices and of listed tunnels. Which of a node's healthy and idle ones a finding
/// at the other end is about is not known; healthy ones are taken first.
/// </summary>
internal sealed class UnlistedTally
{
    private readonly MeshModel _mesh;
    private readonly Dictionary<DeviceView, TunnelState> _outbound = [];
    private readonly Dictionary<DeviceView, TunnelState> _inbound = [];
    private readonly Dictionary<string, DeviceView> _inboundByKey = new(StringComparer.Ordinal);
    private readonly Lazy<ILookup<int, KeyValuePair<TunnelState, int>>> _inboundStates;
    private readonly Lazy<Dictionary<int, int>> _comparing;
    private readonly Lazy<Dictionary<string, int>> _lacking;

    public UnlistedTally(MeshModel mesh, IReadOnlyList<RuleFinding> findings)
    {
        _mesh = mesh;
        foreach (var effect in findings.Where(finding => finding.Finding.Severity > Severity.Info).Order(CauseRanking.Instance).SelectMany(finding => finding.Unlisted))
        {
            if (effect.Outbound is { } outbound) _outbound.TryAdd(effect.Device, outbound);
            if (effect.Inbound is { } inbound && effect.Device.Key is not null) _inbound.TryAdd(effect.Device, inbound);
        }

        foreach (var device in _inbound.Keys) _inboundByKey[device.Key!] = device;
        _inboundStates = new(() => _inbound.CountBy(item => (item.Key.MeshId, State: item.Value)).ToLookup(item => item.Key.MeshId, item => KeyValuePair.Create(item.Key.State, item.Value)));
        _comparing = new(() => mesh.Devices.Where(device => device.Unlisted is { Missing: not null }).CountBy(device => device.MeshId).ToDictionary());
        _lacking = new(() => mesh.Devices.SelectMany(device => device.Unlisted?.Missing ?? []).CountBy(key => key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal));
    }

    /// <summary>The counts.</summary>
    /// <param name="named">The state of a counted tunnel that is named elsewhere; null for one that is not.</param>
    public TunnelTotals Count(Func<PeerView, TunnelState?> named)
    {
        var sum = default(TunnelTotals);
        foreach (var device in _mesh.Devices)
        {
            if (device.Unlisted is not { } unlisted) continue;
            var counts = unlisted.Totals;
            foreach (var state in device.Counted.Select(named).OfType<TunnelState>()) counts = Take(counts, state, 1).Left;
            sum += _outbound.TryGetValue(device, out var outbound) ? MoveAll(counts, outbound) : MoveInbound(device, counts);
        }

        return sum;
    }

    /// <summary>How many unlisted tunnels suffer from a finding.</summary>
    public int Reached(RuleFinding finding) => finding.Unlisted.Sum(effect =>
        (effect.Outbound is null ? 0 : (effect.Device.Unlisted?.Totals.Total ?? 0) - effect.Device.Counted.Count)
        + (effect.Inbound is null ? 0 : Holders(effect.Device)));

    // All that compare and neither list it nor lack it have it.
    private int Holders(DeviceView device)
    {
        if (device.Key is not { } key) return 0;
        var comparing = _comparing.Value.GetValueOrDefault(device.MeshId) - (device.Unlisted is { Missing: not null } ? 1 : 0);
        var listing = device.HeldBy.Count(entry => entry.Device.Unlisted is { Missing: not null });
        return Math.Max(0, comparing - listing - _lacking.Value.GetValueOrDefault(key));
    }

    private TunnelTotals MoveInbound(DeviceView device, TunnelTotals counts)
    {
        if (_inbound.Count == 0 || device.Unlisted!.Missing is not { } missing) return counts;
        var known = device.Entries.Select(entry => entry.Remote).Append(device)
            .Concat(missing.Select(key => _inboundByKey.GetValueOrDefault(key)))
            .OfType<DeviceView>().Distinct()
            .Where(other => other.MeshId == device.MeshId && _inbound.ContainsKey(other))
            .CountBy(other => _inbound[other]).ToDictionary();
        foreach (var (state, all) in _inboundStates.Value[device.MeshId])
        {
            var (rest, taken) = Take(counts, state, all - known.GetValueOrDefault(state));
            counts = rest + TunnelTotals.One(state, taken);
        }

        return counts;
    }

    // What a node counts as broken or unknown is not made better by a finding; what it takes for healthy is made worse.
    private static TunnelTotals MoveAll(TunnelTotals counts, TunnelState state) => state == TunnelState.Degraded
        ? counts with { Healthy = 0, Idle = 0, Degraded = counts.Degraded + counts.Healthy + counts.Idle }
        : TunnelTotals.One(state, counts.Total);

    /// <summary>Takes out tunnels that are in the state now: those that are counted so first, then healthy ones.</summary>
    private static (TunnelTotals Left, int Taken) Take(TunnelTotals counts, TunnelState state, int wanted)
    {
        var (open, like) = (Math.Max(0, wanted), TunnelTotals.One(state));
        int Out(int there)
        {
            var some = Math.Min(there, open);
            open -= some;
            return there - some;
        }

        if (like.Broken > 0) counts = counts with { Broken = Out(counts.Broken) };
        if (like.Degraded > 0) counts = counts with { Degraded = Out(counts.Degraded) };
        counts = counts with { Healthy = Out(counts.Healthy) };
        counts = counts with { Idle = Out(counts.Idle) };
        counts = counts with { Degraded = Out(counts.Degraded) };
        counts = counts with { Unknown = Out(counts.Unknown) };
        counts = counts with { Broken = Out(counts.Broken) };
        return (counts, Math.Max(0, wanted) - open);
    }
}
