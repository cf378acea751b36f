// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>The life of one pod: start its process, start it again when it ends, stop it when the pod is deleted.</summary>
internal sealed class PodRunner(StoredObject pod, ClusterObjects objects, AgentSettings settings, ServiceAccountFolders accounts, PodLogs logs) : IAsyncDisposable
{
    private static readonly TimeSpan GraceOnShutdown = TimeSpan.FromSeconds(3);

    /// <summary>A process that lived this long starts with a fresh back-off.</summary>
    private static readonly TimeSpan StableAfter = TimeSpan.FromMinutes(10);
    private readonly CancellationTokenSource _stop = new();
    private readonly PodStatus _status = new(pod, objects);
    private Task _life = Task.CompletedTask;
    private TimeSpan _grace = GraceOnShutdown;
    private int _failures;
    private bool _isDeleted;

    public void Start() => _life = Task.Run(LiveAsync);

    /// <summary>The pod is being deleted: end the process, then take the object away.</summary>
    public void Terminate(TimeSpan grace)
    {
        if (_isDeleted)
            return;
        _isDeleted = true;
        _grace = grace;
        _stop.Cancel();
    }

    public void RenewToken()
    {
        if (!_isDeleted)
            accounts.Renew(pod);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _life;
        logs.Remove(pod);
        accounts.Remove(pod);
    }

    private async Task LiveAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested && await OnceAsync())
                await Task.Delay(settings.Wait(_failures), objects.Time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped while waiting for the next start.
        }
        catch (Exception error)
        {
            settings.Report?.Invoke($"pod {pod.Key}: {error}");
        }

        if (!_isDeleted)
            return;
        accounts.Remove(pod); // before the object: who sees the pod gone may count on its token being gone too
        objects.DeletePod(pod, grace: 0);
    }

    /// <summary>One start to one end; false when the pod is not to be started again.</summary>
    private async Task<bool> OnceAsync()
    {
        JsonNode? container = pod.Thaw().Items("spec", "containers").First();
        (PodStart? start, string? problem) = Prepare(container);
        if (start is null)
        {
            _failures++;
            _status.Waiting("CreateContainerConfigError", problem!);
            return true;
        }

        (IPodProcess? process, PodRefusedException? refusal) = await TryStartAsync(start);
        if (process is null)
        {
            _failures++;
            bool isImage = refusal!.Reason == "ErrImagePull";
            _status.Waiting(isImage && _failures > 1 ? "ImagePullBackOff" : refusal.Reason, refusal.Message);
            return true;
        }

        DateTimeOffset began = objects.Time.GetUtcNow();
        logs.Set(pod, () => process.LogTail);
        _status.Running();
        int? code = await WatchAsync(process);
        if (code is null)
            return false;
        _failures = objects.Time.GetUtcNow() - began > StableAfter ? 1 : _failures + 1;
        return _status.Ended(code.Value, process.LogTail, began, settings.Wait(_failures));
    }

    private (PodStart? Start, string? Problem) Prepare(JsonNode? container)
    {
        if (accounts.Write(pod) is { } missing)
            return (null, missing);
        (IReadOnlyDictionary<string, string>? variables, string? problem) = new PodEnvironment(objects, settings).Of(pod, container);
        return variables is null
            ? (null, problem)
            : (new PodStart(pod.Body.Text("spec", "nodeName")!, pod.Namespace, pod.Name, pod.Uid, container.Text("image") ?? "", [.. container.Strings("args")], variables, accounts.PathOf(pod)), null);
    }

    private async Task<(IPodProcess?, PodRefusedException?)> TryStartAsync(PodStart start)
    {
        try
        {
            return (await settings.Runtime.StartAsync(start, _stop.Token), null);
        }
        catch (PodRefusedException refusal)
        {
            return (null, refusal);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The runtime is the lab's; whatever it throws is shown where a person looks: in the pod's status.
            return (null, new PodRefusedException("RunContainerError", error.Message));
        }
    }

    /// <summary>Waits for the end, renewing the token meanwhile; null when the process was stopped from here.</summary>
    private async Task<int?> WatchAsync(IPodProcess process)
    {
        while (true)
        {
            Task renew = Task.Delay(accounts.RenewAfter, objects.Time, _stop.Token);
            Task first = await Task.WhenAny(process.Exited, renew);
            if (first == process.Exited)
                return await process.Exited;
            if (_stop.IsCancellationRequested)
            {
                await process.StopAsync(_grace);
                return null;
            }

            accounts.Write(pod);
        }
    }
}
