// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Cni;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>The control plane's word on nodes, indexed.</summary>
internal sealed class ClusterView
{
    private readonly Dictionary<string, ClusterNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<(CniProfile Profile, string Device), PublishedSet> _published = [];

    private ClusterView(ClusterFacts? facts)
    {
        At = facts?.At;
        foreach (var node in Safe.List(facts?.Nodes).Where(node => node.Name is not null)) _nodes.TryAdd(node.Name, node);
        foreach (var profile in CniProfiles.All)
        {
            foreach (var device in Nodes.SelectMany(profile.Published))
            {
                if (!_published.TryGetValue((profile, device.Device), out var set)) _published[(profile, device.Device)] = set = new PublishedSet();
                set.Add(device);
            }
        }
    }

    public static ClusterView Unknown { get; } = new(null);

    /// <summary>When it was read; null when nobody could ask.</summary>
    public DateTimeOffset? At { get; }

    public IEnumerable<ClusterNode> Nodes => _nodes.Values;

    public static ClusterView Of(ClusterFacts? facts) => facts is null ? Unknown : new ClusterView(facts);

    public ClusterNode? Node(string? name) => name is null ? null : _nodes.GetValueOrDefault(name);

    /// <summary>What the nodes publish of devices like this one, one for each node that does; empty when nothing is.</summary>
    public PublishedSet Published(CniProfile profile, string device) => _published.GetValueOrDefault((profile, device)) ?? PublishedSet.Empty;
}
