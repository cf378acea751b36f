// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using NodeProbeObject = KubeWgDiag.Crds.NodeProbes.NodeProbe;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Brings a status to the API server and does not give up while the server may still take it.</summary>
public sealed class StatusDelivery(IKubernetesClient client, TimeProvider time, Func<double> jitter, AgentLog log)
{
    /// <summary>Field manager of everything that a probe writes.</summary>
    public const string FieldManager = "kubewgdiag-probe";

    /// <summary>The longest wait that a server's Retry-After is obeyed for.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>Writes until the server has it, the object is gone, or the server says that it will never take it.</summary>
    /// <param name="name">Name of the NodeProbe.</param>
    /// <param name="status">The whole status.</param>
    /// <param name="stopRetrying">Ends the waiting between attempts, but no attempt: one that is cut off might reach the server after its successor.</param>
    /// <param name="ct">Ends everything.</param>
    public async Task<DeliveryOutcome> DeliverAsync(string name, NodeProbeStatus status, CancellationToken stopRetrying, CancellationToken ct)
    {
        var body = new NodeProbeObject
        {
            ApiVersion = CrdTypes.NodeProbe.ApiVersion,
            Kind = CrdTypes.NodeProbe.Kind,
            Metadata = new ObjectMeta { Name = name },
            Status = status,
        };
        var backoff = new Backoff(time, jitter);
        KubeErrorKind? said = null;
        for (var failures = 1; ; failures++)
        {
            var result = await client.ApplyStatusAsync(CrdTypes.NodeProbe, body, FieldManager, ct);
            if (result.IsSuccess)
            {
                if (said is not null) log.Info($"run {status.Run}: status {status.Phase} delivered at attempt {failures}");
                return DeliveryOutcome.Delivered;
            }

            var error = result.Error;
            if (error.Kind == KubeErrorKind.NotFound) return DeliveryOutcome.ObjectGone;
            if (said != error.Kind) log.Warn($"run {status.Run}: status {status.Phase} not delivered: {error.Kind}: {error.Message}");
            said = error.Kind;
            if (error.Kind is KubeErrorKind.Invalid or KubeErrorKind.BadRequest) return DeliveryOutcome.Refused;
            if (!await WaitAsync(backoff.Next(), error.RetryAfter, stopRetrying, ct)) return DeliveryOutcome.Stopped;
        }
    }

    /// <summary>False when there is no point in another attempt.</summary>
    private async Task<bool> WaitAsync(TimeSpan wait, TimeSpan? asked, CancellationToken stopRetrying, CancellationToken ct)
    {
        if (asked is { } least && least > wait) wait = least < MaxRetryAfter ? least : MaxRetryAfter;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopRetrying, ct);
        try
        {
            await Task.Delay(wait, time, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>How a delivery ended.</summary>
public enum DeliveryOutcome
{
    /// <summary>The server has the status.</summary>
    Delivered,

    /// <summary>Retrying was no longer wanted.</summary>
    Stopped,

    /// <summary>The NodeProbe does not exist any more.</summary>
    ObjectGone,

    /// <summary>The server will not take this status, however often it is sent.</summary>
    Refused,
}
