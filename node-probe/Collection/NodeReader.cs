// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Reads all namespaces of one collection, once for counters and once for everything.</summary>
internal sealed class NodeReader(TimeProvider time, NodeEnvironment environment, CollectionRequest request, CancellationToken token)
{
    /// <summary>A visit runs at most twelve readers; beyond that only a hung system call can hold it up.</summary>
    private const int ReadersPerVisit = 12;

    private readonly List<string> _cuts = [];

    /// <summary>What the readings left out because of limits.</summary>
    public IReadOnlyList<string> Cuts => _cuts;

    /// <summary>Reads the counters of every namespace, by its identity; namespaces that cannot be read are missing.</summary>
    public async Task<IReadOnlyDictionary<string, CounterReadings>> ReadCountersAsync(NamespaceTargets targets)
    {
        var uapi = await ReadUapiAsync();
        var readings = new Dictionary<string, CounterReadings>(StringComparer.Ordinal);
        foreach (var target in targets.All)
        {
            var (reading, _) = await VisitAsync(target, reader => reader.ReadCounters(uapi));
            if (reading is not null) readings[target.Id] = reading;
        }

        _cuts.Clear(); // Said again by the reading at the end, whose facts are the ones that are kept.
        return readings;
    }

    /// <summary>Reads everything in every namespace.</summary>
    public async Task<IReadOnlyList<NamespaceFacts>> ReadAllAsync(NamespaceTargets targets)
    {
        var uapi = await ReadUapiAsync();
        var facts = new List<NamespaceFacts>(targets.All.Count);
        foreach (var target in targets.All)
        {
            var (read, reason) = await VisitAsync(target, reader => reader.ReadAll(target, uapi));
            facts.Add(read ?? UnreadNamespace.Of(target, reason!, time.GetUtcNow()));
        }

        return facts;
    }

    // UAPI sockets are files: they are asked once for all namespaces, outside of any.
    private async Task<Fact<UapiSnapshot>> ReadUapiAsync()
    {
        var runner = NewRunner();
        var reader = new UapiReader(new UapiClient(time, environment.UapiLimits), environment.UapiLimits);
        var fact = await runner.RunAsync(
            FactSources.UserspaceWireGuard, deadline => reader.ReadAsync(request.UapiDirectory, request.DeviceFilter, deadline));
        _cuts.AddRange(runner.Cuts);
        return fact;
    }

    private async Task<(T? Value, NotAvailable? Reason)> VisitAsync<T>(NamespaceTarget target, Func<NamespaceReader, T> read)
        where T : class
    {
        var runner = NewRunner();
        try
        {
            var reader = new NamespaceReader(environment, request.DeviceFilter, runner);
            var visit = await NamespaceVisitor.VisitAsync(target, () => read(reader), request.ReaderTimeout * ReadersPerVisit, time, token);
            // Only after the visit has ended: its thread owns the runner until then.
            _cuts.AddRange(runner.Cuts.Select(cut => target.Name == NamespaceTargets.HostName ? cut : $"{target.Name}: {cut}"));
            return (visit.Value, visit.Errno == 0 ? null : ReasonOf(visit.Errno));
        }
        catch (TimeoutException)
        {
            return (null, new NotAvailable(NotAvailableReason.TimedOut, "the visit of the network namespace hung in the kernel"));
        }
    }

    private ReaderRunner NewRunner() => new(time, request.ReaderTimeout, token);

    private static NotAvailable ReasonOf(int errno)
    {
        var reason = errno switch
        {
            Errno.NoEntry => NotAvailableReason.NotPresent,
            Errno.NotPermitted or Errno.AccessDenied => NotAvailableReason.NotPermitted,
            _ => NotAvailableReason.Failed,
        };
        return new NotAvailable(reason, $"the network namespace cannot be entered: {Errno.NameOf(errno)}");
    }
}
