// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Planning;
using KubeWgDiag.Chaos.Probes;
using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Chaos.Runs;

/// <summary>Carries out one plan from the first apply to the end that it has to come to.</summary>
internal sealed class DiagnosisDriver(Judge judge, MeshWorld world)
{
    /// <summary>Longer than any disturbance: a run ends because all have answered, not because its time is over.</summary>
    private const int DeadlineSeconds = 900;

    private static readonly TunnelDiagnosisSpec First = new() { ObservationSeconds = DiagnosisPlan.FirstObservation, DeadlineSeconds = DeadlineSeconds };

    /// <summary>Does what the plan says; the token ends the wait, and the outcome says so.</summary>
    public async Task<DiagnosisOutcome> DriveAsync(DiagnosisPlan plan, CancellationToken ct)
    {
        TunnelDiagnosis? asked = null;
        try
        {
            asked = await judge.ApplyAsync(plan.Name, FirstSpec(plan.Kind), ct);
            world.Set(asked.Metadata.Uid!, plan);
            var last = await FollowAsync(plan, asked, ct);
            return new DiagnosisOutcome(plan, asked.Metadata.Uid!, Ended: true, last);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            return new DiagnosisOutcome(plan, asked?.Metadata.Uid ?? "", Ended: false, asked is null ? null : await judge.GetAsync(plan.Name, patience.Token));
        }
    }

    private static TunnelDiagnosisSpec FirstSpec(DiagnosisKind kind) => kind switch
    {
        DiagnosisKind.Suspended => First with { Suspend = true },
        DiagnosisKind.Expiring => First with { TtlSecondsAfterFinished = 1 },
        DiagnosisKind.Refused => First with { Schedule = "@daily", TimeZone = "Mars/Olympus" },
        DiagnosisKind.Interval => First with { Interval = "30s" },
        DiagnosisKind.Scheduled => First with { Schedule = "* * * * *" },
        _ => First,
    };

    private async Task<TunnelDiagnosis?> FollowAsync(DiagnosisPlan plan, TunnelDiagnosis asked, CancellationToken ct)
    {
        switch (plan.Kind)
        {
            case DiagnosisKind.Refused:
                return await UntilAsync(plan, d => d.Status?.Phase == DiagnosisPhase.Failed, ct);
            case DiagnosisKind.Deleted:
                await Task.Delay(plan.Wait, ct);
                await judge.DeleteAsync(asked, ct);
                return await UntilGoneAsync(plan, ct);
            case DiagnosisKind.Expiring:
                return await UntilGoneAsync(plan, ct);
            case DiagnosisKind.Changed:
                await Task.Delay(plan.Wait, ct);
                return await UntilCompleteAsync(plan, await judge.ApplyAsync(plan.Name, First with { ObservationSeconds = DiagnosisPlan.SecondObservation }, ct), ct);
            case DiagnosisKind.Suspended:
                await UntilAsync(plan, d => d.Status?.Phase == DiagnosisPhase.Suspended, ct);
                await Task.Delay(plan.Wait, ct);
                return await UntilCompleteAsync(plan, await judge.ApplyAsync(plan.Name, First with { Suspend = false }, ct), ct);
            case DiagnosisKind.Interval:
                await UntilAsync(plan, d => d.Status is { CompletionTime: not null, History.Count: >= 1 }, ct);
                return await SuspendAsync(plan, ct);
            case DiagnosisKind.Scheduled:
                await UntilAsync(plan, d => d.Status is { CompletionTime: not null }, ct);
                return await SuspendAsync(plan, ct);
            default:
                return await UntilCompleteAsync(plan, asked, ct);
        }
    }

    private async Task<TunnelDiagnosis?> SuspendAsync(DiagnosisPlan plan, CancellationToken ct)
    {
        var suspended = await judge.ApplyAsync(plan.Name, FirstSpec(plan.Kind) with { Suspend = true }, ct);
        return await UntilAsync(plan, d => IsOf(d, suspended) && d.Status is { CompletionTime: not null, NextRunTime: null }, ct);
    }

    private Task<TunnelDiagnosis?> UntilCompleteAsync(DiagnosisPlan plan, TunnelDiagnosis asked, CancellationToken ct) =>
        UntilAsync(plan, d => IsOf(d, asked) && d.Status is { Phase: DiagnosisPhase.Complete, CompletionTime: not null }, ct);

    private static bool IsOf(TunnelDiagnosis now, TunnelDiagnosis asked) => now.Status?.ObservedGeneration >= asked.Metadata.Generation;

    private async Task<TunnelDiagnosis?> UntilAsync(DiagnosisPlan plan, Func<TunnelDiagnosis, bool> holds, CancellationToken ct)
    {
        TunnelDiagnosis? last = null;
        await Judge.UntilAsync(async () => (last = await judge.GetAsync(plan.Name, ct)) is { } now && holds(now), ct);
        ct.ThrowIfCancellationRequested();
        return last;
    }

    private async Task<TunnelDiagnosis?> UntilGoneAsync(DiagnosisPlan plan, CancellationToken ct)
    {
        await Judge.UntilAsync(async () => await judge.GetAsync(plan.Name, ct) is null, ct);
        ct.ThrowIfCancellationRequested();
        return null;
    }
}

/// <summary>What became of a diagnosis.</summary>
/// <param name="Plan">What was to be done.</param>
/// <param name="Uid">Its uid; empty when it could not even be applied.</param>
/// <param name="Ended">Whether it came to the end that its kind has.</param>
/// <param name="Last">As it was then; null when it is gone.</param>
internal sealed record DiagnosisOutcome(DiagnosisPlan Plan, string Uid, bool Ended, TunnelDiagnosis? Last);
