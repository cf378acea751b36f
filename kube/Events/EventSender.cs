// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.Events;

/// <summary>
/// Brings one event or its series to the server. What the server answers is final; only a server that does not answer is asked
/// again, and an event that the server has lost is created anew.
/// </summary>
internal sealed class EventSender(IKubernetesClient client, EventRecorderOptions options, TimeProvider time)
{
    /// <summary>How long one try may take.</summary>
    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(30);

    /// <summary>Sends.</summary>
    /// <param name="state">What to send: the event itself while it has happened once, else its series.</param>
    /// <param name="patience">No more waiting for a server that does not answer once this is cancelled.</param>
    /// <param name="ct">Ends everything.</param>
    public async Task<EventOutcome> SendAsync(EventSeriesState state, CancellationToken patience, CancellationToken ct)
    {
        bool isSeries = state.Count > 1;
        bool isCreate = !isSeries;
        for (int attempt = 1; ; attempt++)
        {
            KubeResult<Event> sent = await TryAsync(state, isCreate, ct);
            if (sent.IsSuccess) return isSeries ? EventOutcome.Series : EventOutcome.Created;
            // The event that is to be told has been told already.
            if (!isSeries && sent.Error.Kind == KubeErrorKind.AlreadyExists) return EventOutcome.Created;
            bool isLost = !isCreate && sent.Error.Kind == KubeErrorKind.NotFound;
            // After a patch that found nothing somebody may have been quicker: then there is something to patch again.
            bool isThereAgain = isCreate && isSeries && sent.Error.Kind == KubeErrorKind.AlreadyExists;
            if (attempt >= options.Tries || !(isLost || isThereAgain || sent.Error.Kind == KubeErrorKind.Unreachable))
            {
                options.Log?.Invoke(KubeLogLevel.Debug, $"event {state.First.Reason} is lost: {sent.Error.Kind}: {sent.Error.Message}");
                return EventOutcome.Failed;
            }

            if (isLost) isCreate = true;
            else if (!await WaitAsync(patience)) return EventOutcome.Failed;
            if (isThereAgain) isCreate = false;
        }
    }

    private async Task<KubeResult<Event>> TryAsync(EventSeriesState state, bool isCreate, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(TryLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return isCreate
                ? await client.CreateAsync(BuiltInTypes.Event, state.Whole(), both.Token)
                : await client.MergePatchAsync(
                    BuiltInTypes.Event,
                    state.First.Metadata.Namespace,
                    state.First.Metadata.Name!,
                    state.Patch(),
                    options.FieldManager,
                    both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new KubeError(KubeErrorKind.Unreachable, $"no answer within {TryLimit.TotalSeconds} s");
        }
    }

    private async Task<bool> WaitAsync(CancellationToken patience)
    {
        await Task.Delay(options.RetryWait * (1 + (0.25 * options.Jitter())), time, patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !patience.IsCancellationRequested;
    }
}
