// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Operator.Paths;
using KubeWgDiag.Operator.Probes;
using KubeWgDiag.Operator.Reporting;
using KubeWgDiag.Operator.Reconciling.Networks;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// Takes a run that is under way as far as it can go now. Each call does the whole story again and changes only what is missing:
/// select nodes, place probes, ask, collect, correlate, write.
/// </summary>
internal sealed class RunStep(IClusterView cluster, RunPlanner planner, RunParts parts, PathResolver resolver, NetworkResources resources, TimeProvider time)
{
    /// <summary>How soon a refusal of the server that only people can lift is tried again.</summary>
    private static readonly TimeSpan RefusalRetry = TimeSpan.FromSeconds(10);

    /// <summary>One step of the run.</summary>
    public async Task<StepResult> TakeAsync(TunnelDiagnosis diagnosis, Run run, CancellationToken ct)
    {
        // 1. Select nodes.
        var uid = diagnosis.Metadata.Uid!;
        var nodes = NodeSelection.Select(cluster.Nodes(), diagnosis.Spec?.NodeSelector);
        var isOver = time.GetUtcNow() >= run.Deadline;

        var resolved = await resolver.ResolveAsync(diagnosis, run, ct);
        if (!resolved.IsSuccess && !isOver)
            return StepResult.Failed(resolved.Error);
        var paths = resolved.Value ?? ResolvedPaths.None;

        // 2. Place probes and 3. ask. After the deadline only what was answered until then counts.
        var placed = isOver ? Placed.Whole : await PlaceAndAskAsync(diagnosis, run, [.. nodes.Select(node => node.Metadata.Name!)], paths, ct);
        if (placed.Refusal is { } refusal && !IsForPeople(refusal))
            return StepResult.Failed(refusal);

        // 4. Collect.
        var now = time.GetUtcNow();
        var progress = RunObserver.Observe(run, nodes, RunChildren.Of(cluster, uid), now) with { ProbesRefused = placed.Refusal?.Message };
        var isPast = isOver;
        isOver |= progress.AllAnswered;

        // 5. Correlate what was reported, but only for a status that may be written now.
        var wake = Earliest(run.Deadline - now, placed.Again, placed.Refusal is null ? null : RefusalRetry);
        if (Latest(parts.Statuses.Pause(uid), isPast ? null : parts.Correlation.Pause(uid, run, isOver)) is { } pause)
            return new StepResult(null, isPast ? pause : Earliest(wake, pause, null));
        var (report, retry) = parts.Correlation.Judge(diagnosis, progress, paths, cluster.Nodes(), await resources.ForAsync(progress.Facts, ct));
        // A verdict that failed may succeed when there is room again: until the deadline the run goes on for it.
        progress = progress with { VerdictFailed = retry is not null };
        isOver = isPast || (isOver && retry is null);
        wake = Earliest(wake, retry, null);

        // 6. Write.
        var builder = new StatusBuilder(diagnosis, now);
        if (!isOver)
            return StepResult.After(await parts.Statuses.WriteAsync(diagnosis, builder.Running(progress, report), ct), wake);
        var final = builder.Completed(progress, report, planner.NextRunAfter(diagnosis, run, now));
        var written = await parts.Statuses.WriteAsync(diagnosis, final, ct);
        if (written is StatusWrite.Written)
            parts.Announcer.Ended(diagnosis, final, progress);
        return StepResult.After(written, wake: null);
    }

    /// <summary>Lets go of a diagnosis that is gone.</summary>
    public void Forget(string diagnosisUid) => resolver.Forget(diagnosisUid);

    private async Task<Placed> PlaceAndAskAsync(TunnelDiagnosis diagnosis, Run run, IReadOnlyList<string> nodes, ResolvedPaths paths, CancellationToken ct)
    {
        if (nodes.Count == 0)
            return Placed.Whole;
        var probes = await parts.Placement.PlaceAsync(diagnosis, run, ct);
        if (probes.Refusal is not null)
            return probes;
        var questions = await parts.Questions.AskAsync(diagnosis, run, nodes, paths, ct);
        return questions with { Again = questions.Again is { } again ? Earliest(again, probes.Again, null) : probes.Again };
    }

    private static TimeSpan Earliest(TimeSpan first, TimeSpan? second, TimeSpan? third)
    {
        var earliest = second < first ? second.Value : first;
        return third < earliest ? third.Value : earliest;
    }

    private static TimeSpan? Latest(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other : one;

    // A server that is away comes back by itself; what it forbids or cannot read stays so until somebody acts, and the status shows it.
    private static bool IsForPeople(KubeError error) =>
        error.Kind is KubeErrorKind.Forbidden or KubeErrorKind.Invalid or KubeErrorKind.BadRequest or KubeErrorKind.NotFound;
}
