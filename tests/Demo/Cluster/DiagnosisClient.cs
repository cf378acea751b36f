// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Lab;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>Asks for diagnoses and waits for the answers, as a person with kubectl would.</summary>
public sealed class DiagnosisClient(IKubernetesClient client)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Applies a diagnosis.</summary>
    /// <exception cref="LabException">The server refused it.</exception>
    public async Task<TunnelDiagnosis> ApplyAsync(string name, TunnelDiagnosisSpec spec, CancellationToken ct)
    {
        var wanted = new TunnelDiagnosis
        {
            ApiVersion = CrdTypes.TunnelDiagnosis.ApiVersion,
            Kind = CrdTypes.TunnelDiagnosis.Kind,
            Metadata = new ObjectMeta { Name = name },
            Spec = spec,
        };
        var applied = await client.ApplyAsync(CrdTypes.TunnelDiagnosis, wanted, "kubewgdiag-lab", ct);
        return applied.IsSuccess ? applied.Value : throw new LabException(applied.Error.Message);
    }

    /// <summary>Reads a diagnosis.</summary>
    /// <exception cref="LabException">It is not there.</exception>
    public async Task<TunnelDiagnosis> GetAsync(string name, CancellationToken ct)
    {
        var read = await client.GetAsync(CrdTypes.TunnelDiagnosis, @namespace: null, name, ct);
        return read.IsSuccess ? read.Value : throw new LabException(read.Error.Message);
    }

    /// <summary>Waits until the run is over; an API server that is away is asked again.</summary>
    /// <param name="name">Which one.</param>
    /// <param name="limit">How long at most.</param>
    /// <param name="changed">Is told each new state.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="LabException">The limit was reached.</exception>
    public async Task<TunnelDiagnosis> WaitAsync(string name, TimeSpan limit, Action<TunnelDiagnosis>? changed, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        TunnelDiagnosis? last = null;
        while (clock.Elapsed < limit)
        {
            var read = await client.GetAsync(CrdTypes.TunnelDiagnosis, @namespace: null, name, ct);
            if (!read.IsSuccess && read.Error.Kind != KubeErrorKind.Unreachable)
                throw new LabException(read.Error.Message);
            if (read.Value is { } now && now.Metadata.ResourceVersion != last?.Metadata.ResourceVersion)
            {
                last = now;
                changed?.Invoke(now);
            }

            if (last?.Status is { Phase: DiagnosisPhase.Complete or DiagnosisPhase.Failed })
                return last;
            await Task.Delay(Interval, ct);
        }

        throw new LabException($"diagnosis {name} is not complete after {limit.TotalSeconds:0} s; its status: {last?.Status?.Summary ?? "none"}");
    }

    /// <summary>Applies and waits.</summary>
    public async Task<TunnelDiagnosis> AskAsync(string name, TunnelDiagnosisSpec spec, CancellationToken ct)
    {
        await ApplyAsync(name, spec, ct);
        return await WaitAsync(name, TimeSpan.FromSeconds((spec.DeadlineSeconds ?? 120) + 30), changed: null, ct);
    }
}
