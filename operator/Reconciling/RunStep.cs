// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Operator.Probes;
using KubeWgDiag.Operator.Reporting;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// Takes a run that is under way as far as it can go now. Each call does the whole story again and changes only what is missing:
/// select nodes, place probes, ask, collect, correlate, write.
/// </summary>
internal sealed class RunStep(
    IClusterView cluster,
    ProbePlacement placement,
    NodeQuestions questions,
    StatusWriter statuses,
    RunAnnouncer announcer,
    TimeProvider time)
{
    /// <summary>How soon a refusal of the server that only people can lift is tried again.</summary>
    private static readonly TimeSpan RefusalRetry = TimeSpan.FromSeconds(10);

    /// <summary>One step of the run.</summary>
    public async Task<StepResult> TakeAsync(TunnelDiagnosis diagnosis, Run run, CancellationToken ct)
    {
        // 1. Select nodes.
        var nodes = NodeSelection.Select(cluster.Nodes(), diagnosis.Spec?.NodeSelector);
        var isOver = time.GetUtcNow() >= run.Deadline;

        // 2. Place probes and 3. ask. After the deadline only what was answered until then counts.
        KubeError? refusal = null;
        if (!isOver && nodes.Count > 0)
        {
            refusal = await placement.PlaceAsync(diagnosis, ct)
                ?? await questions.AskAsync(diagnosis, run, [.. nodes.Select(node => node.Metadata.Name!)], ct);
            if (refusal is not null && !IsForPeople(refusal))
                return StepResult.Failed(refusal);
        }

        // 4. Collect.
        var uid = diagnosis.Metadata.Uid!;
        var progress = RunObserver.Observe(run, nodes, cluster.NodeProbesOf(uid), cluster.PodsOf(uid)) with { ProbesRefused = refusal?.Message };

        // 5. Correlate what was reported.
        var report = Correlation.Judge(diagnosis.Spec, progress.Facts);

        // 6. Write.
        var now = time.GetUtcNow();
        var builder = new StatusBuilder(diagnosis, now);
        if (isOver || progress.AllAnswered)
        {
            var final = builder.Completed(progress, report);
            var written = await statuses.WriteAsync(diagnosis, final, ct);
            if (written is StatusWrite.Written)
                await announcer.EndedAsync(diagnosis, final, progress, ct);
            return StepResult.After(written, wake: null);
        }

        var untilDeadline = run.Deadline - now;
        var wake = refusal is null || untilDeadline < RefusalRetry ? untilDeadline : RefusalRetry;
        return StepResult.After(await statuses.WriteAsync(diagnosis, builder.Running(progress, report), ct), wake);
    }

    // A server that is away comes back by itself; what it forbids or cannot read stays so until somebody acts, and the status shows it.
    private static bool IsForPeople(KubeError error) =>
        error.Kind is KubeErrorKind.Forbidden or KubeErrorKind.Invalid or KubeErrorKind.BadRequest or KubeErrorKind.NotFound;
}
