// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>
/// The whole status at each station of a diagnosis, computed from the status before. Pure. A repeated run of an unchanged spec leaves the last result
/// standing until it has its own; the first run of a spec shows partial results as they come.
/// </summary>
/// <param name="diagnosis">The diagnosis as stored.</param>
/// <param name="now">Time of transitions.</param>
internal sealed class StatusBuilder(TunnelDiagnosis diagnosis, DateTimeOffset now)
{
    private readonly TunnelDiagnosisStatus _previous = diagnosis.Status ?? new();
    private readonly TunnelDiagnosisSpec _spec = diagnosis.Spec ?? new();
    private readonly long? _generation = diagnosis.Metadata.Generation;

    private static readonly Judgement Accepted = Judgement.True(Reasons.Accepted, "the spec can be carried out");

    /// <summary>The spec cannot be carried out.</summary>
    public TunnelDiagnosisStatus Rejected(SpecFault fault) => WithoutUnfinishedRun() with
    {
        ObservedGeneration = _generation,
        Phase = DiagnosisPhase.Failed,
        NextRunTime = null,
        QueuedTime = null,
        MissedRuns = null,
        Summary = PlainText.Clean(fault.Message, StatusLimits.Text),
        Conditions = Conditions()
            .Set(ConditionTypes.Accepted, Judgement.False(fault.Reason, fault.Message))
            .Set(ConditionTypes.ProbesReady, Judgement.False(Reasons.NotAccepted, "the spec cannot be carried out"))
            .Set(ConditionTypes.Complete, Judgement.False(Reasons.NotAccepted, "the spec cannot be carried out"))
            .Set(ConditionTypes.TunnelsHealthy, Judgement.Unknown(Reasons.NotAccepted, "nothing was looked at"))
            .ToList(),
    };

    /// <summary>A run is due and has to wait until the operator's limits let it in.</summary>
    public TunnelDiagnosisStatus Queued()
    {
        var conditions = Conditions()
            .Set(ConditionTypes.Accepted, Accepted)
            .Set(ConditionTypes.ProbesReady, Judgement.False(Reasons.Queued, "the run waits for its turn"))
            .Set(ConditionTypes.Complete, Judgement.False(Reasons.Queued, "as many runs or nodes as the operator's limits allow are under way; the run waits for its turn"));
        if (!IsRepeat)
            conditions.Set(ConditionTypes.TunnelsHealthy, Judgement.Unknown(Reasons.Queued, "the run waits for its turn"));
        return (IsRepeat ? _previous : new()) with
        {
            ObservedGeneration = _generation,
            Phase = DiagnosisPhase.Pending,
            QueuedTime = _previous.QueuedTime ?? WholeSeconds(now),
            // What the run is named after.
            NextRunTime = _previous.ObservedGeneration == _generation ? _previous.NextRunTime : null,
            MissedRuns = MissedRuns(0),
            History = IsRepeat ? _previous.History : RunHistory.After(_previous, _spec.HistoryLimit),
            Conditions = conditions.ToList(),
        };
    }

    /// <summary>A run begins.</summary>
    /// <param name="run">The run.</param>
    /// <param name="nodes">How many nodes it is going to ask.</param>
    /// <param name="missed">Repeated runs before it that did not take place.</param>
    public TunnelDiagnosisStatus Started(Run run, int nodes = 0, int missed = 0)
    {
        var conditions = Conditions()
            .Set(ConditionTypes.Accepted, Accepted)
            .Set(ConditionTypes.ProbesReady, Judgement.False(Reasons.ProbesStarting, "probes are being placed"))
            .Set(ConditionTypes.Complete, Judgement.False(Reasons.RunInProgress, "the run has begun"));
        if (!IsRepeat)
            conditions.Set(ConditionTypes.TunnelsHealthy, Judgement.Unknown(Reasons.RunInProgress, "the run has begun"));
        return (IsRepeat ? _previous : new()) with
        {
            ObservedGeneration = _generation,
            Phase = DiagnosisPhase.Running,
            Run = run.Id,
            StartTime = run.StartTime,
            CompletionTime = null,
            NextRunTime = null,
            QueuedTime = null,
            MissedRuns = MissedRuns(missed),
            Nodes = new NodeCounts { Desired = nodes, Reported = 0, Progress = $"0/{nodes}" },
            History = RunHistory.After(_previous, _spec.HistoryLimit),
            Conditions = conditions.ToList(),
        };
    }

    /// <summary>A run is under way.</summary>
    public TunnelDiagnosisStatus Running(RunProgress progress, DiagnosisReport report)
    {
        var (reported, asked) = (progress.Facts.Count, progress.Nodes.Count);
        var conditions = Conditions()
            .Set(ConditionTypes.Accepted, Accepted)
            .Set(ConditionTypes.ProbesReady, ProbesReady(progress, Reasons.ProbesStarting))
            .Set(ConditionTypes.Complete, progress.VerdictFailed
                ? Judgement.False(Reasons.VerdictFailed, $"{NodeReporting.Unjudged(progress)} It is tried again until the deadline.")
                : Judgement.False(Reasons.RunInProgress, $"{reported} of {asked} nodes have reported"));
        var status = _previous with
        {
            ObservedGeneration = _generation,
            Phase = DiagnosisPhase.Running,
            Nodes = NodeReporting.Counts(progress),
        };
        if (!ShowsEarlierResult())
        {
            conditions.Set(ConditionTypes.TunnelsHealthy, Judgement.Unknown(Reasons.RunInProgress, "not all nodes have reported yet"));
            status = progress.VerdictFailed
                ? status with { Summary = NodeReporting.Unjudged(progress) }
                : WithResult(status, report, $"{reported} of {asked} nodes have reported. {(reported == 0 ? "" : report.Summary)}");
        }

        return StatusBudget.Fit(status with { Conditions = conditions.ToList() });
    }

    /// <summary>A run is over.</summary>
    /// <param name="progress">How far it has come.</param>
    /// <param name="report">What the engine says.</param>
    /// <param name="nextRun">When the next one is due; null when none is.</param>
    public TunnelDiagnosisStatus Completed(RunProgress progress, DiagnosisReport report, DateTimeOffset? nextRun)
    {
        var status = WithResult(_previous, report, NodeReporting.Summary(progress, report, _spec.NodeSelector)) with
        {
            ObservedGeneration = _generation,
            Phase = DiagnosisPhase.Complete,
            CompletionTime = WholeSeconds(now),
            NextRunTime = nextRun,
            Nodes = NodeReporting.Counts(progress),
            Conditions = Conditions()
                .Set(ConditionTypes.Accepted, Accepted)
                .Set(ConditionTypes.ProbesReady, ProbesReady(progress, Reasons.ProbesNotReady))
                .Set(ConditionTypes.Complete, NodeReporting.Completion(progress))
                .Set(ConditionTypes.TunnelsHealthy, Verdict.Of(progress, report, TunnelTally.Of(report)))
                .ToList(),
        };
        // No tunnels counted is not the same as none there.
        return StatusBudget.Fit(progress.VerdictFailed ? status with { Tunnels = null } : status);
    }

    /// <summary>Nothing runs.</summary>
    /// <param name="rest">Why, and until when.</param>
    /// <param name="late">Nodes of the last run whose report came after its end.</param>
    public TunnelDiagnosisStatus Resting(RunPlan.Rest rest, IReadOnlySet<string> late)
    {
        var status = WithoutUnfinishedRun();
        var conditions = Conditions().Set(ConditionTypes.Accepted, Accepted);
        if (status.Run is null)
        {
            conditions
                .Set(ConditionTypes.ProbesReady, Judgement.False(Reasons.NotStarted, "no run has begun"))
                .Set(ConditionTypes.Complete, Judgement.False(Reasons.NotStarted, "no run has begun"))
                .Set(ConditionTypes.TunnelsHealthy, Judgement.Unknown(Reasons.NotStarted, "nothing was looked at"));
        }

        else if (_previous.QueuedTime is not null)
        {
            conditions
                .Set(ConditionTypes.ProbesReady, Judgement.False(Reasons.NotStarted, "nothing runs"))
                .Set(ConditionTypes.Complete, NodeReporting.EarlierCompletion(status.Nodes));
        }

        return status with
        {
            ObservedGeneration = _generation,
            Phase = rest.Suspended ? DiagnosisPhase.Suspended : status.Run is null ? DiagnosisPhase.Pending : DiagnosisPhase.Complete,
            NextRunTime = rest.NextRun,
            QueuedTime = null,
            MissedRuns = MissedRuns(rest.Missed),
            Nodes = NodeReporting.WithLate(status.Nodes, late),
            Conditions = conditions.ToList(),
        };
    }

    // The spec is the same and has a result, which stands until there is a newer one.
    private bool IsRepeat => _previous.ObservedGeneration == _generation && _previous.CompletionTime is not null;

    // Counted for each spec; zero is left out.
    private int? MissedRuns(int more) =>
        ((_previous.ObservedGeneration == _generation ? _previous.MissedRuns : null) ?? 0) + more is > 0 and var missed ? missed : null;

    // metav1.Time has whole seconds.
    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private ConditionSet Conditions() => new(_previous.Conditions, _generation, now);

    // A run that was given up has no end and no result: its name must not be taken for a run under way later.
    private TunnelDiagnosisStatus WithoutUnfinishedRun() => _previous.CompletionTime is null
        ? _previous with { Run = null, StartTime = null, Nodes = null, Tunnels = null, RootCauses = null, Paths = null, CouldNotCheck = null, Summary = null }
        : _previous;

    private bool ShowsEarlierResult() =>
        ConditionSet.Find(_previous.Conditions, ConditionTypes.TunnelsHealthy) is { Reason: not Reasons.RunInProgress };

    private static Judgement ProbesReady(RunProgress progress, string reasonWhenNot) => progress switch
    {
        { Nodes.Count: 0 } => Judgement.False(Reasons.NoNodesSelected, "no node is selected"),
        { ProbesRefused: { } message } => Judgement.False(Reasons.ProbesRefused, message),
        _ when progress.ProbesReady >= progress.Nodes.Count => Judgement.True(Reasons.AllProbesReady, $"probes work on all {progress.Nodes.Count} nodes"),
        _ => Judgement.False(reasonWhenNot, $"probes are ready on {progress.ProbesReady} of {progress.Nodes.Count} nodes"),
    };

    private static TunnelDiagnosisStatus WithResult(TunnelDiagnosisStatus status, DiagnosisReport report, string summary) => status with
    {
        Tunnels = TunnelTally.Of(report),
        RootCauses = RootCauseMapper.Bounded(report.RootCauses.Select(RootCauseMapper.Map), StatusLimits.RootCauses),
        Paths = PathMapper.Map(report.Paths),
        CouldNotCheck = RootCauseMapper.Bounded(report.CouldNotCheck.Select(RootCauseMapper.Map), StatusLimits.CouldNotCheck),
        Summary = PlainText.Clean(summary, StatusLimits.Text),
    };
}
