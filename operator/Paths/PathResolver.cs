// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Paths;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Operator.Reconciling;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Paths;

/// <summary>
/// Resolves the paths of a spec to nodes and addresses, once for each run: a pod that moves meanwhile makes no other question of it. A new process resolves them
/// again; nodes that were asked before have answered what they were asked, and the engine sees whether it is the same.
/// </summary>
internal sealed class PathResolver(IKubernetesClient client, IClusterView cluster)
{
    /// <summary>Paths of a spec, as in the CRD; the server holds to it.</summary>
    private const int MaxPaths = 16;

    private const int MaxSources = 6;

    private readonly ConcurrentDictionary<string, (string Run, ResolvedPaths Paths)> _resolved = new(StringComparer.Ordinal);

    /// <summary>The paths; or an error of the server that may pass.</summary>
    public async Task<KubeResult<ResolvedPaths>> ResolveAsync(TunnelDiagnosis diagnosis, Run run, CancellationToken ct)
    {
        if (diagnosis.Spec?.Paths is not { Count: > 0 } specs) return KubeResult<ResolvedPaths>.Ok(ResolvedPaths.None);
        var uid = diagnosis.Metadata.Uid!;
        if (_resolved.TryGetValue(uid, out var known) && known.Run == run.Id) return KubeResult<ResolvedPaths>.Ok(known.Paths);
        var all = new List<ResolvedPath>();
        foreach (var spec in specs.Take(MaxPaths))
        {
            var resolved = await ResolveAsync(spec, ct);
            if (!resolved.IsSuccess) return resolved.Error;
            all.AddRange(resolved.Value);
        }

        var paths = new ResolvedPaths(all);
        _resolved[uid] = (run.Id, paths);
        return KubeResult<ResolvedPaths>.Ok(paths);
    }

    /// <summary>Lets go of a diagnosis that is gone.</summary>
    public void Forget(string diagnosisUid) => _resolved.TryRemove(diagnosisUid, out _);

    private async Task<KubeResult<IReadOnlyList<ResolvedPath>>> ResolveAsync(PathSpec spec, CancellationToken ct)
    {
        var ends = new PathEnds(client, cluster.Nodes());
        var from = spec.From.Pod is { } pod ? await ends.PodAsync(pod, ct) : KubeResult<FoundEnds>.Ok(ends.Node(spec.From.Node ?? ""));
        if (!from.IsSuccess) return from.Error;
        var to = spec.To switch
        {
            { Pod: { } target } => await ends.PodAsync(target, ct),
            { Service: { } service } => await ends.ServiceAsync(service, spec.Protocol, spec.Port, ct),
            { Address: { } address } => KubeResult<FoundEnds>.Ok(PathEnds.Address(address)),
            _ => KubeResult<FoundEnds>.Ok(ends.Node(spec.To.Node ?? "")),
        };
        if (!to.IsSuccess) return to.Error;
        if ((from.Value.Problem ?? to.Value.Problem) is { } problem) return KubeResult<IReadOnlyList<ResolvedPath>>.Ok([ResolvedPath.Not(spec.Name, problem)]);
        return KubeResult<IReadOnlyList<ResolvedPath>>.Ok([.. to.Value.Ends.Select(end => Resolve(spec, from.Value.Ends[0], end))]);
    }

    private static ResolvedPath Resolve(PathSpec spec, PathEnd from, PathEnd to)
    {
        IpFamily? wanted = spec.Family switch
        {
            PathFamily.IPv4 => IpFamily.IPv4,
            PathFamily.IPv6 => IpFamily.IPv6,
            _ => null,
        };
        var families = from.Addresses.Select(address => address.Family).Where(family => wanted is null || family == wanted);
        foreach (var family in families)
        {
            foreach (var target in to.Addresses.Where(address => address.Family == family)) return Resolve(spec, from, to, target);
        }

        return ResolvedPath.Not(spec.Name, $"the ends have no address of {(wanted is { } one ? one.ToString() : "a common family")}");
    }

    private static ResolvedPath Resolve(PathSpec spec, PathEnd from, PathEnd to, IpAddr target)
    {
        // A pod has one address of a family; of a node's it is not known which one it sends from.
        var sources = from.Addresses.Concat(from.Further).Where(address => address.Family == target.Family).Take(from.IsNode ? MaxSources : 1);
        return new ResolvedPath(
            new AskedPath(spec.Name) { Target = target, FromNode = from.Node, ToNode = to.Node },
            new ProbePath
            {
                Name = spec.Name,
                From = [.. sources.Select(address => address.ToString())],
                FromNode = from.IsNode ? true : null,
                To = target.ToString(),
                Protocol = spec.Protocol,
                Port = to.Port ?? spec.Port,
            });
    }
}
