// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.WireGuard;
using KubeWgDiag.NodeProbe.WireGuard.Placement;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>UAPI sockets are files: they are found and asked once for all namespaces, outside of any, and then placed.</summary>
internal sealed class UapiCollection(TimeProvider time, NodeEnvironment environment, CollectionRequest request, CancellationToken token)
{
    /// <summary>Names of the devices that have a socket; none where sockets cannot be looked for, which the reader says.</summary>
    public IReadOnlySet<string> Names()
    {
        using var sockets = Find(new Deadline(time, request.ReaderTimeout, token), out _);
        return sockets.All.Select(socket => socket.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Asks all sockets and places the devices that answer.</summary>
    /// <param name="targets">The namespaces that are read.</param>
    /// <param name="scan">What a scan of all namespaces found; null = nobody scanned.</param>
    /// <param name="runner">Times it and makes a fact of it.</param>
    public Task<Fact<PlacedUapi>> ReadAsync(NamespaceTargets targets, NamespaceScanResult? scan, ReaderRunner runner) =>
        runner.RunAsync(FactSources.UserspaceWireGuard, async deadline =>
        {
            using var sockets = Find(deadline, out var holders);
            var limits = environment.UapiLimits;
            var reading = await new UapiReader(new UapiClient(time, limits), limits).ReadAsync(sockets, deadline);
            if (reading.Value is not { } snapshot) return Reading<PlacedUapi>.None(reading.NotAvailable!.Reason, reading.NotAvailable.Detail);
            var placer = new UapiPlacer(
                holders, () => Spaces(targets, scan, deadline), (holder, device) => ListeningSockets.Serves(environment.ProcRoot, holder.Pid, device));
            return Reading<PlacedUapi>.Of(placer.Place(snapshot), unknown: reading.Unknown, cut: reading.Cut);
        });

    private UapiSockets Find(Deadline deadline, out TunHolders holders)
    {
        var found = TunHolders.None;
        using (var thread = new ReaderThread(time))
        {
            TunHolders? scanned = null;
            // Half of the time, so that the sockets can still be asked.
            var part = new Deadline(time, request.ReaderTimeout / 2, deadline.Token);
            if (thread.TryRun(() => scanned = Scan(part), ReaderRunner.HangLimit(request.ReaderTimeout / 2))) found = scanned ?? found;
        }

        holders = found;
        return new UapiSocketFinder(environment.ProcRoot, environment.UapiLimits, time).Find(request.UapiDirectory, found, request.DeviceFilter, deadline);
    }

    // Nothing may leave a thread's start; the caller asks its own token.
    private TunHolders Scan(Deadline deadline)
    {
        try
        {
            return new TunHolderScan(environment.ProcRoot).Run(deadline);
        }
        catch (OperationCanceledException)
        {
            return TunHolders.None;
        }
    }

    /// <summary>The scan leaves out the host's namespace, and those that were named by path and have no process.</summary>
    private TunSpaces Spaces(NamespaceTargets targets, NamespaceScanResult? scan, Deadline deadline)
    {
        var tuns = new Dictionary<string, IReadOnlyList<string>>(scan?.Tuns ?? TunSpaces.None.Tuns, StringComparer.Ordinal);
        var missing = targets.All.Where(target => !tuns.ContainsKey(target.Id)).Select(Found).OfType<FoundNamespace>().ToList();
        var looked = NamespaceScanner.Scan(
            missing, () => new NamespaceLook(environment.Netlink, environment.ProcRoot).Into, time, request.ReaderTimeout / 4, deadline);
        foreach (var space in looked) tuns[space.Found.Status.NamespaceId] = space.Tuns;
        return new TunSpaces(tuns);
    }

    private FoundNamespace? Found(NamespaceTarget target)
    {
        // Not that of the thread: the one that looks goes from namespace to namespace.
        var path = target.Name == NamespaceTargets.HostName ? $"{environment.ProcRoot}/self/ns/net" : target.Name;
        if (FileStatus.TryRead(path, out var status) != 0 || status.NamespaceId != target.Id) return null;
        var found = new FoundNamespace(status);
        found.AddPath(path);
        return found;
    }
}
