// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>What the controller works with.</summary>
/// <param name="Run">A run under way.</param>
/// <param name="Slots">Who may begin.</param>
/// <param name="Parts">What it shares with the run.</param>
internal sealed record DiagnosisSteps(RunStep Run, RunSlots Slots, RunParts Parts);

/// <summary>What a run is made of.</summary>
/// <param name="Placement">Probes onto nodes and away.</param>
/// <param name="Questions">NodeProbes.</param>
/// <param name="Correlation">From facts to findings.</param>
/// <param name="Statuses">The diagnoses' status.</param>
/// <param name="Announcer">Events and run metrics.</param>
/// <param name="Recent">What was written a moment ago.</param>
internal sealed record RunParts(
    ProbePlacement Placement,
    NodeQuestions Questions,
    Correlation Correlation,
    StatusWriter Statuses,
    RunAnnouncer Announcer,
    RecentWrites Recent)
{
    /// <summary>Lets go of all that is remembered of a run.</summary>
    public void ForgetRun(string diagnosisUid)
    {
        Correlation.Forget(diagnosisUid);
        Recent.Forget(diagnosisUid);
    }

    /// <summary>Lets go of a diagnosis that is gone.</summary>
    public void Forget(string diagnosisUid)
    {
        ForgetRun(diagnosisUid);
        Placement.Forget(diagnosisUid);
        Statuses.Forget(diagnosisUid);
    }
}
