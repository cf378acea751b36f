// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Answers runs one after the other: says Running, reads the node meanwhile, says what was found.</summary>
public sealed class RunWorker(RunInbox inbox, RunExecutor executor, StatusDelivery delivery, AgentLog log)
{
    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var request = await inbox.TakeAsync(ct);
            var answered = false;
            try
            {
                answered = await AnswerAsync(request);
            }
            catch (OperationCanceledException) when (request.Superseded.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                log.Info($"run {request.Spec.Run}: dropped, it is no longer asked for");
            }
            finally
            {
                inbox.Finish(request, answered);
            }
        }
    }

    private async Task<bool> AnswerAsync(RunRequest request)
    {
        var started = executor.Start(request);
        RunResult result;
        using (var announced = new CancellationTokenSource())
        {
            // The announcement does not hold up the reading: with the API server away it is simply overtaken by the result.
            var announcement = delivery.DeliverAsync(request.Name, started, announced.Token, request.Superseded);
            try
            {
                result = await executor.ExecuteAsync(request, started);
            }
            finally
            {
                await announced.CancelAsync();
                await ((Task)announcement).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            // Its end by cancellation is the request's end; anything else thrown there is an error of this program.
            await announcement;
        }

        var outcome = await delivery.DeliverAsync(request.Name, result.Status, CancellationToken.None, request.Superseded);
        if (outcome == DeliveryOutcome.Refused)
        {
            var apology = executor.Refused(result.Status);
            outcome = await delivery.DeliverAsync(request.Name, apology, CancellationToken.None, request.Superseded);
        }

        log.Info($"run {request.Spec.Run}: {result.LogLine}; {Words(outcome)}");
        Heap.Trim(); // until the next run there may be hours
        // Refused and gone as well: asking again would give the same.
        return outcome != DeliveryOutcome.Stopped;
    }

    private static string Words(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Delivered => "status delivered",
        DeliveryOutcome.ObjectGone => "its NodeProbe is gone",
        DeliveryOutcome.Refused => "the API server refuses any status",
        _ => "status not delivered",
    };
}
