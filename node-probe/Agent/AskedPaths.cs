// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Walking.Paths;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Reads the asked paths of a NodeProbe. The resource is not trusted: what is no path within the bounds of the schema is left out.</summary>
internal static class AskedPaths
{
    private const int MaxName = 63;

    private const byte Icmp = 1, Tcp = 6, Udp = 17, Icmp6 = 58;

    public static IReadOnlyList<PathQuestion> From(IReadOnlyList<ProbePath>? paths) => [.. (paths ?? []).Take(PathQuestion.MaxPaths).Select(Read).OfType<PathQuestion>()];

    /// <summary>The same as pairs of hosts, by which tracked flows are kept.</summary>
    public static IReadOnlyList<(IpPrefix From, IpPrefix To)> Pairs(IReadOnlyList<PathQuestion> questions) =>
        [.. questions.SelectMany(question => question.From.Select(from => (IpPrefix.Host(from), IpPrefix.Host(question.To)))).Distinct()];

    private static PathQuestion? Read(ProbePath? path)
    {
        if (path is not { Name.Length: > 0 and <= MaxName, From: not null } || !IpAddr.TryParse(path.To, out var to)) return null;
        if (path.Port is not null and not (> 0 and <= ushort.MaxValue) || (path.Port is null) != (path.Protocol == PathProtocol.ICMP)) return null;
        var from = new List<IpAddr>();
        foreach (var text in path.From.Take(PathQuestion.MaxSources))
        {
            if (IpAddr.TryParse(text, out var address) && address.Family == to.Family) from.Add(address);
        }

        if (from.Count == 0) return null;
        return new PathQuestion
        {
            Name = path.Name,
            From = from,
            FromNode = path.FromNode == true,
            To = to,
            Protocol = path.Protocol switch
            {
                PathProtocol.TCP => Tcp,
                PathProtocol.UDP => Udp,
                _ => to.Family == IpFamily.IPv4 ? Icmp : Icmp6,
            },
            Port = (ushort?)path.Port,
        };
    }
}
