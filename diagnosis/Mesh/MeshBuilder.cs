// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Makes the model from facts. Linear in the number of peers, prefixes and routes.</summary>
internal static class MeshBuilder
{
    /// <summary>With more nodes the indexes of all of them together take more memory than it costs to make them again.</summary>
    private const int KeptIndexes = 500;

    public static MeshModel Build(DiagnosisInput input)
    {
        var nodes = new List<NodeView>();
        var all = Safe.List(input.Nodes);
        var duplicates = new List<string>();
        foreach (var sameName in all.GroupBy(facts => DisplayText.NodeName(facts.Node)).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            // Two answers of one node are two readings of one thing: the newer one counts.
            var newest = sameName.OrderByDescending(facts => facts.At).ThenByDescending(facts => facts.Namespaces?.Count ?? 0).First();
            nodes.Add(View(newest, newest.Node is { } name && input.ClocksOff?.Contains(name) == true, keepIndexes: all.Count <= KeptIndexes));
            if (sameName.Skip(1).Any()) duplicates.Add(sameName.Key);
        }

        List<DeviceView> devices = [.. nodes.SelectMany(node => node.Devices)];
        var addresses = new AddressIndex(nodes);
        PeerLinker.Link(devices, addresses);
        MeshGroups.Assign(devices);
        DigestLinker.Link(devices, addresses);
        LinkRoles.Assign(nodes, devices);
        Ownership.Assign(nodes, devices);
        return new MeshModel
        {
            Thresholds = input.Thresholds ?? new Thresholds(),
            Nodes = nodes,
            Devices = devices,
            Addresses = addresses,
            DuplicateNodes = duplicates,
            Cluster = ClusterView.Of(input.Cluster),
        };
    }

    public static NodeView View(NodeFacts facts, bool clockIsOff = false, bool keepIndexes = true)
    {
        var node = new NodeView(facts) { ClockIsOff = clockIsOff, KeepsIndexes = keepIndexes };
        foreach (var nsFacts in Safe.List(facts.Namespaces))
        {
            var ns = new NamespaceView(node, nsFacts, node.Namespaces.Count == 0);
            node.Namespaces.Add(ns);
            ns.Devices.AddRange(Safe.List(nsFacts.KernelWireGuard)
                .Concat(Safe.List(nsFacts.UserspaceWireGuard))
                .Where(device => device.Name is not null)
                .DistinctBy(device => device.Name)
                .OrderBy(device => device.Name, StringComparer.Ordinal)
                .Select(device => new DeviceView(ns, device)));
        }

        return node;
    }
}
