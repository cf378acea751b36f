// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.LeaderElection;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// Holds the parts of a program and runs them in the right order (controller-runtime's): servers, caches, parts that every process
/// has, leader election, controllers.
/// </summary>
public sealed class ControllerManager(TimeProvider time, KubeLog? log = null)
{
    private readonly List<IManagedServer> _servers = [];
    private readonly List<IInformer> _informers = [];
    private readonly List<IRunnable> _everywhere = [];
    private readonly List<IRunnable> _controllers = [];

    /// <summary>How long the first lists may take together; failing it fails the start.</summary>
    public TimeSpan SyncLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the stop of everything may take together; then what still works is cut off.</summary>
    public TimeSpan GracefulTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Decides whether this process' controllers run; null = they always do.</summary>
    public LeaderElector? Election { get; init; }

    /// <summary>Whether every cache is filled.</summary>
    public bool IsReady => _informers.TrueForAll(informer => informer.HasSynced);

    /// <summary>False when the process believes it leads and has not renewed its lease for too long.</summary>
    public bool IsHealthy => Election?.IsHealthy ?? true;

    /// <summary>Adds a cache; runs on leaders and others.</summary>
    public ControllerManager Add(IInformer informer)
    {
        _informers.Add(informer);
        return this;
    }

    /// <summary>Adds a controller; runs only while this process leads.</summary>
    public ControllerManager Add(IController controller)
    {
        _controllers.Add(controller);
        return this;
    }

    /// <summary>Adds a server; runs on leaders and others, from before the caches to the very end.</summary>
    public ControllerManager Add(IManagedServer server)
    {
        _servers.Add(server);
        return this;
    }

    /// <summary>Adds a part that runs on leaders and others and outlives the controllers.</summary>
    public ControllerManager AddEverywhere(IRunnable part)
    {
        _everywhere.Add(part);
        return this;
    }

    /// <summary>Runs until it is cancelled, also when that happens during the start. An exception is a part that cannot go on; it ends the program.</summary>
    /// <exception cref="TimeoutException">A cache did not fill in time.</exception>
    /// <exception cref="LeadershipLostException">Another process may lead; nothing was waited for, and the program has to end now.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        using var run = new ManagerRun(
            _servers,
            new PartGroup(_informers.ConvertAll<IRunnable>(informer => new CachePart(informer))),
            new PartGroup(_everywhere),
            new PartGroup(_controllers),
            Election,
            (time, log));
        try
        {
            await run.StartServersAsync(ct);
            run.StartCaches();
            await WaitForCachesAsync(run, ct);
            run.StartEverywhere();
            await run.WaitForLeadershipAsync(ct);
            run.StartControllers();
            await run.WaitForEndAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            log?.Invoke(KubeLogLevel.Debug, "The program was told to stop.");
        }
        catch (LeadershipLostException)
        {
            run.Abort();
            throw;
        }
        catch
        {
            await run.StopAsync(GracefulTime);
            throw;
        }

        await run.StopAsync(GracefulTime);
    }

    private async Task WaitForCachesAsync(ManagerRun run, CancellationToken ct)
    {
        long start = time.GetTimestamp();
        foreach (IInformer informer in _informers)
        {
            TimeSpan left = SyncLimit - time.GetElapsedTime(start);
            Task<bool> synced = informer.WaitForSyncAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, ct);
            await run.WaitForAsync(synced, ct);
            if (!await synced) throw new TimeoutException($"The cache of {informer.Name} did not fill within {SyncLimit}.");
        }
    }
}
