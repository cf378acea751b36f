// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>Finds all namespaces of the node, looks into them, and tells those worth reading whole from the others.</summary>
internal sealed class NamespaceScan(TimeProvider time, NodeEnvironment environment)
{
    /// <summary>The most namespaces that are read whole because of what is in them; each costs as much as the host's.</summary>
    public const int MaxWhole = 256;

    /// <summary>The most others that are kept in short.</summary>
    public const int MaxOthers = 8192;

    /// <summary>Runs the scan on the calling thread, which must be in the probe's own namespace and stays there.</summary>
    /// <param name="isUserspaceDevice">True for the name of a TUN device that has a UAPI socket.</param>
    /// <param name="hangLimit">What a few namespaces together may take before they count as hung.</param>
    /// <param name="deadline">Time for everything.</param>
    public Reading<NamespaceScanResult> Run(Func<string, bool> isUserspaceDevice, TimeSpan hangLimit, Deadline deadline)
    {
        var found = new NamespaceFinder(environment.ProcRoot, environment.NamespaceFolders).Find(deadline);
        _ = FileStatus.TryRead($"{environment.ProcRoot}/thread-self/ns/net", out var host);
        var foreign = found.All.Values.Where(space => space.Status.Identity != host.Identity).ToList();
        var scanned = NamespaceScanner.Scan(foreign, () => new NamespaceLook(environment.Netlink, environment.ProcRoot).Into, time, hangLimit, deadline);
        var whole = scanned.Where(space => space.HasWireGuard || space.Tuns.Any(isUserspaceDevice)).ToList();
        var cut = scanned.Count < foreign.Count ? $"network namespaces: {scanned.Count} of {foreign.Count} within the time limit"
            : whole.Count > MaxWhole ? $"network namespaces with WireGuard: only {MaxWhole} of {whole.Count}"
            : null;
        var chosen = whole.Take(MaxWhole).Select(space => space.Found).ToHashSet();
        var others = scanned.Where(space => !chosen.Contains(space.Found)).ToList();
        var facts = new NamespaceScanFact
        {
            Found = found.All.Count,
            Processes = found.Processes,
            Incomplete = found.Incomplete,
            Others = [.. others.Take(MaxOthers).Select(space => space.Summarize(environment.ProcRoot)).OrderBy(space => space.Id, StringComparer.Ordinal)],
        };
        return Reading<NamespaceScanResult>.Of(
            new NamespaceScanResult(facts, found, [.. whole.Take(MaxWhole).Select(space => space.Found)], TunsOf(scanned)),
            cut: cut,
            seen: others.Count > MaxOthers ? others.Count : null);
    }

    private static Dictionary<string, IReadOnlyList<string>> TunsOf(IReadOnlyList<ScannedNamespace> scanned) =>
        scanned.Where(space => space.Tuns.Count > 0).DistinctBy(space => space.Found.Status.NamespaceId)
            .ToDictionary(space => space.Found.Status.NamespaceId, space => space.Tuns, StringComparer.Ordinal);
}

/// <summary>What a scan gave.</summary>
/// <param name="Facts">What goes into the facts; what is read whole has to be taken out of it.</param>
/// <param name="Found">All namespaces.</param>
/// <param name="Whole">Those to read whole.</param>
/// <param name="Tuns">Names of TUN devices by the id of their namespace.</param>
internal sealed record NamespaceScanResult(
    NamespaceScanFact Facts, FoundNamespaces Found, IReadOnlyList<FoundNamespace> Whole, IReadOnlyDictionary<string, IReadOnlyList<string>> Tuns)
{
    /// <summary>The facts without the namespaces that are read whole.</summary>
    public NamespaceScanFact FactsBeside(IEnumerable<string> wholeIds)
    {
        var whole = wholeIds.ToHashSet(StringComparer.Ordinal);
        return Facts with { Others = [.. Facts.Others.Where(space => !whole.Contains(space.Id))] };
    }
}
