// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Operator.Intake;

/// <summary>
/// Finds nodes whose clock is off, from the times that their probes write: none can lie before the run, whose start is known, and none after the moment in which
/// the answer was seen. Both give how far the clock is off at least; within these bounds an answer may simply have been on its way.
/// </summary>
internal static class NodeClocks
{
    /// <summary>Times have whole seconds and travel; less is no finding.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    // Stored objects never change: the first look at one is the nearest to its arrival, and makes the result the same at every later look.
    private static readonly ConditionalWeakTable<NodeProbe, Sight> FirstSight = [];

    /// <summary>The node's clock when it is off; null when nothing shows that.</summary>
    /// <param name="probe">An answer to the run, of any phase.</param>
    /// <param name="runStart">When the run began (the operator's clock).</param>
    /// <param name="now">The operator's clock.</param>
    public static NodeClock? Check(NodeProbe probe, DateTimeOffset runStart, DateTimeOffset now)
    {
        if (probe.Spec is not { } spec || probe.Status is not { } status || status.Run != spec.Run)
            return null;
        var seen = FirstSight.GetValue(probe, _ => new Sight(now)).At;
        var offset = Ahead(status.CompletionTime, seen) ?? Ahead(status.StartTime, seen) ?? Behind(status.StartTime, runStart) ?? Behind(status.CompletionTime, runStart);
        return offset is { } off ? new NodeClock { Node = spec.NodeName, OffsetSeconds = (int)Math.Clamp(off.TotalSeconds, int.MinValue, int.MaxValue) } : null;
    }

    private static TimeSpan? Ahead(DateTimeOffset? time, DateTimeOffset seen) => time - seen is { } off && off > Tolerance ? off : null;

    private static TimeSpan? Behind(DateTimeOffset? time, DateTimeOffset runStart) => time - runStart is { } off && off < -Tolerance ? off : null;

    private sealed record Sight(DateTimeOffset At);
}
