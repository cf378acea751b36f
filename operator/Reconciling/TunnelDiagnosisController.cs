// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Operator.Intake;
using KubeWgDiag.Operator.Metrics;
using KubeWgDiag.Operator.Reporting;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// Reconciles TunnelDiagnoses. Level-based: each call reads where the diagnosis is, does what is missing, and writes the status. All memory
/// is in the status and in the NodeProbes, so a restart or an API server that was away costs time and nothing else.
/// </summary>
internal sealed class TunnelDiagnosisController(
    IKubernetesClient client,
    IClusterView cluster,
    DiagnosisSteps steps,
    DiagnosisMetrics metrics,
    TimeProvider time) : IEntityController<TunnelDiagnosis>
{
    /// <summary>Timers do not reach for ever; whoever waits longer looks at the clock in between.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<TunnelDiagnosis>> ReconcileAsync(TunnelDiagnosis entity, CancellationToken cancellationToken)
    {
        metrics.Observe(entity);
        // One that is being deleted takes its children with it by their owner references.
        if (entity.Metadata.DeletionTimestamp is not null)
            return ReconciliationResult<TunnelDiagnosis>.Success(entity);

        var step = RunPlanner.Decide(entity, time.GetUtcNow()) switch
        {
            RunPlan.Reject reject => await RejectAsync(entity, reject.Fault, cancellationToken),
            RunPlan.Start start => await StartAsync(entity, start.Run, cancellationToken),
            RunPlan.Continue run => await steps.Run.TakeAsync(entity, run.Run, cancellationToken),
            RunPlan.Rest rest => await RestAsync(entity, rest, cancellationToken),
            _ => await ExpireAsync(entity, cancellationToken),
        };
        if (step.Error is { } error)
            return ReconciliationResult<TunnelDiagnosis>.Failure(entity, error);
        var wake = step.Wake > LongestWait ? LongestWait : step.Wake;
        return ReconciliationResult<TunnelDiagnosis>.Success(entity, wake < TimeSpan.Zero ? TimeSpan.Zero : wake);
    }

    /// <inheritdoc/>
    public Task DeletedAsync(TunnelDiagnosis entity, CancellationToken cancellationToken)
    {
        metrics.Forget(entity.Metadata.Name!);
        steps.Statuses.Forget(entity.Metadata.Uid!);
        return Task.CompletedTask;
    }

    private async Task<StepResult> RejectAsync(TunnelDiagnosis diagnosis, SpecFault fault, CancellationToken ct)
    {
        if (await steps.Placement.RemoveAsync(diagnosis, ct) is { } error)
            return StepResult.Failed(error);
        var status = new StatusBuilder(diagnosis, time.GetUtcNow()).Rejected(fault);
        return StepResult.After(await steps.Statuses.WriteAsync(diagnosis, status, ct), wake: null);
    }

    // Only the status is written; its arrival in the cache brings the first step of the run. So a run is on record before anything is placed for it.
    private async Task<StepResult> StartAsync(TunnelDiagnosis diagnosis, Run run, CancellationToken ct)
    {
        var status = new StatusBuilder(diagnosis, time.GetUtcNow()).Started(run);
        var written = await steps.Statuses.WriteAsync(diagnosis, status, ct);
        if (written is StatusWrite.Written)
            await steps.Announcer.StartedAsync(diagnosis, run, ct);
        return StepResult.After(written, wake: null);
    }

    // Privileged pods are there only while a run needs them. NodeProbes stay: they are the evidence.
    private async Task<StepResult> RestAsync(TunnelDiagnosis diagnosis, RunPlan.Rest rest, CancellationToken ct)
    {
        if (await steps.Placement.RemoveAsync(diagnosis, ct) is { } error)
            return StepResult.Failed(error);
        var now = time.GetUtcNow();
        var status = new StatusBuilder(diagnosis, now).Resting(rest, LateNodes(diagnosis));
        return StepResult.After(await steps.Statuses.WriteAsync(diagnosis, status, ct), rest.WakeAt - now);
    }

    private async Task<StepResult> ExpireAsync(TunnelDiagnosis diagnosis, CancellationToken ct)
    {
        var deletion = await client.DeleteAsync(CrdTypes.TunnelDiagnosis, null, diagnosis.Metadata.Name!, diagnosis.Metadata.Uid, ct);
        return deletion.Error is { } error ? StepResult.Failed(error) : StepResult.Done;
    }

    private HashSet<string> LateNodes(TunnelDiagnosis diagnosis) =>
        cluster.NodeProbesOf(diagnosis.Metadata.Uid!)
            .Where(probe => probe.Spec is { } spec && spec.Run == diagnosis.Status?.Run && ReportIntake.Read(probe) is NodeReport.Facts)
            .Select(probe => probe.Spec!.NodeName)
            .ToHashSet(StringComparer.Ordinal);
}
