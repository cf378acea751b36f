// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Netfilter.Owners;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>Finds the owner of each device from the strongest sign down. A node may have several owners: a pod network, a user's tunnel, a VPN.</summary>
internal static class OwnerSearch
{
    /// <summary>Whose the device is; <paramref name="published"/> is what the control plane says of its node.</summary>
    public static DeviceOwner Of(DeviceView device, ClusterNode? published)
    {
        var best = DeviceOwner.Unknown;
        var filters = new Lazy<HashSet<string>>(() => FilterOwners(device.Namespace));
        foreach (var profile in CniProfiles.All)
        {
            var owner = Weigh(profile, device, published, filters);
            if (owner.Proof > best.Proof) best = owner;
        }

        return best;
    }

    private static DeviceOwner Weigh(CniProfile profile, DeviceView device, ClusterNode? published, Lazy<HashSet<string>> filters)
    {
        var signs = new List<string>();
        if (device.Key is not null && published is not null && profile.Published(published).FirstOrDefault(own => own.Key == device.Key) is { } match)
            return new DeviceOwner(profile, ProofLevel.Published, [$"{match.Where} publishes its key"]);
        var named = profile.Devices.Contains(device.RawName, StringComparer.Ordinal);
        if (profile.OwnSign(device) is { } own) return new DeviceOwner(profile, ProofLevel.Strong, [own]);
        if (Rule(profile, device) is { } rule) signs.Add(rule);
        if (profile.FilterOwner is { } filter && filters.Value.Contains(filter)) signs.Add($"packet filter rules of {filter}");
        if (Plugin(profile, device.Node) is { } plugin) signs.Add(plugin);
        if (named)
        {
            var proof = published?.Agent is { Ready: true } ? ProofLevel.AgentRuns : signs.Count > 0 ? ProofLevel.Strong : ProofLevel.Named;
            return new DeviceOwner(profile, proof, [$"the name {device.Name}", .. signs]);
        }

        // Without its name a device is a program's only by a rule that speaks of this very device's mark.
        if (Rule(profile, device) is not null) return new DeviceOwner(profile, ProofLevel.Named, signs);
        return profile.Marks.Contains(device.Fact.FirewallMark)
            ? new DeviceOwner(profile, ProofLevel.Weak, [$"the mark 0x{device.Fact.FirewallMark:x}"])
            : DeviceOwner.Unknown;
    }

    private static string? Rule(CniProfile profile, DeviceView device)
    {
        if (profile.IsItsRule is not { } isIts) return null;
        var rule = Safe.List(device.Namespace.Facts.Rules).FirstOrDefault(rule => isIts(rule, device.Fact));
        return rule is null ? null : $"routing rule {rule.Priority} to table {rule.Table}";
    }

    private static string? Plugin(CniProfile profile, NodeView node)
    {
        foreach (var folder in Safe.List(node.Facts.Cni?.Value?.Folders))
        {
            if (Safe.List(folder.Network?.Plugins).FirstOrDefault(plugin => profile.Plugins.Contains(plugin.Type, StringComparer.Ordinal)) is { } found)
                return $"CNI plugin {DisplayText.Name(found.Type)}";
        }

        return null;
    }

    private static HashSet<string> FilterOwners(NamespaceView ns)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in Safe.List(ns.Facts.Netfilter?.Value?.Tables).Where(table => table.Name is not null))
        {
            foreach (var chain in Safe.List(table.Chains).Where(chain => chain.Name is not null))
            {
                if (RuleOwners.Of(table, chain) is { Proof: OwnerProof.Certain } owner) names.Add(owner.Owner.Name);
            }
        }

        return names;
    }
}
