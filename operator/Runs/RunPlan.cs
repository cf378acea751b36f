// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Runs;

/// <summary>What has to happen with a diagnosis now.</summary>
internal abstract record RunPlan
{
    /// <summary>The spec cannot be carried out; nothing runs until it changes.</summary>
    internal sealed record Reject(SpecFault Fault) : RunPlan;

    /// <summary>A new run is due. It is written to the status before anything is placed, so that a crash finds it again.</summary>
    /// <param name="Run">The run, as it looks when it starts now.</param>
    /// <param name="Missed">Repeated runs before it that did not take place.</param>
    internal sealed record Start(Run Run, int Missed = 0) : RunPlan;

    /// <summary>A run is under way.</summary>
    internal sealed record Continue(Run Run) : RunPlan;

    /// <summary>Nothing runs.</summary>
    /// <param name="Suspended">Because the spec says so.</param>
    /// <param name="NextRun">When the next run is due; null when none is.</param>
    /// <param name="WakeAt">When to look again; null when only a change can bring something to do.</param>
    /// <param name="Missed">Scheduled runs that are too late to be started.</param>
    internal sealed record Rest(bool Suspended, DateTimeOffset? NextRun, DateTimeOffset? WakeAt, int Missed = 0) : RunPlan;

    /// <summary>The time to live of a finished diagnosis has passed: it is deleted.</summary>
    internal sealed record Expire : RunPlan;
}

/// <summary>One run.</summary>
/// <param name="Id">Its name.</param>
/// <param name="StartTime">When it began.</param>
/// <param name="Deadline">When it ends with what was reported until then.</param>
internal sealed record Run(string Id, DateTimeOffset StartTime, DateTimeOffset Deadline);
