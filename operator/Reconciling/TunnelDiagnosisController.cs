// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Operator.Intake;
using KubeWgDiag.Operator.Metrics;
using KubeWgDiag.Operator.Probes;
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
    RunPlanner planner,
    DiagnosisSteps steps,
    DiagnosisMetrics metrics,
    TimeProvider time) : IEntityController<TunnelDiagnosis>
{
    /// <summary>Timers do not reach for ever; whoever waits longer looks at the clock in between.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>How often a diagnosis that waits looks for itself whether there is room.</summary>
    private static readonly TimeSpan QueueLook = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<TunnelDiagnosis>> ReconcileAsync(TunnelDiagnosis entity, CancellationToken cancellationToken)
    {
        metrics.Observe(entity);
        // One that is being deleted takes its children with it by their owner references.
        if (entity.Metadata.DeletionTimestamp is not null)
            return ReconciliationResult<TunnelDiagnosis>.Success(entity);

        var step = planner.Decide(entity, time.GetUtcNow()) switch
        {
            RunPlan.Reject reject => await RejectAsync(entity, reject.Fault, cancellationToken),
            RunPlan.Start start => await StartAsync(entity, start, cancellationToken),
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
        steps.Slots.Forget(entity.Metadata.Uid!);
        steps.Parts.Forget(entity.Metadata.Uid!);
        steps.Run.Forget(entity.Metadata.Uid!);
        return Task.CompletedTask;
    }

    private async Task<StepResult> RejectAsync(TunnelDiagnosis diagnosis, SpecFault fault, CancellationToken ct)
    {
        if (await steps.Parts.Placement.RemoveAsync(diagnosis, ct) is { } error)
            return StepResult.Failed(error);
        var status = new StatusBuilder(diagnosis, time.GetUtcNow()).Rejected(fault);
        return StepResult.After(await steps.Parts.Statuses.WriteAsync(diagnosis, status, ct), wake: null);
    }

    // Only the status is written; its arrival in the cache brings the first step of the run. So a run is on record before anything is placed for it.
    private async Task<StepResult> StartAsync(TunnelDiagnosis diagnosis, RunPlan.Start start, CancellationToken ct)
    {
        var nodes = NodeSelection.Select(cluster.Nodes(), diagnosis.Spec?.NodeSelector).Count;
        if (!steps.Slots.TryTake(diagnosis, start.Run, nodes))
            return await QueueAsync(diagnosis, ct);
        var status = new StatusBuilder(diagnosis, time.GetUtcNow()).Started(start.Run, nodes, start.Missed);
        var written = await steps.Parts.Statuses.WriteAsync(diagnosis, status, ct);
        if (written is StatusWrite.Written)
            steps.Parts.Announcer.Started(diagnosis, start.Run);
        if (written is StatusWrite.Failed)
            steps.Slots.GiveBack(diagnosis.Metadata.Uid!);
        return StepResult.After(written, wake: null);
    }

    // The end of another run wakes those who wait longest; the rest is for what nobody hears of, like a turn that was not used.
    private async Task<StepResult> QueueAsync(TunnelDiagnosis diagnosis, CancellationToken ct)
    {
        if (await steps.Parts.Placement.RemoveAsync(diagnosis, ct) is { } error)
            return StepResult.Failed(error);
        var status = new StatusBuilder(diagnosis, time.GetUtcNow()).Queued();
        return StepResult.After(await steps.Parts.Statuses.WriteAsync(diagnosis, status, ct), QueueLook);
    }

    // Privileged pods are there only while a run needs them. NodeProbes stay: they are the evidence.
    private async Task<StepResult> RestAsync(TunnelDiagnosis diagnosis, RunPlan.Rest rest, CancellationToken ct)
    {
        if (await steps.Parts.Placement.RemoveAsync(diagnosis, ct) is { } error)
            return StepResult.Failed(error);
        steps.Parts.ForgetRun(diagnosis.Metadata.Uid!);
        var now = time.GetUtcNow();
        var status = new StatusBuilder(diagnosis, now).Resting(rest, LateNodes(diagnosis));
        return StepResult.After(await steps.Parts.Statuses.WriteAsync(diagnosis, status, ct), rest.WakeAt - now);
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
