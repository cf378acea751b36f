// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>A network or host behind the node, and an address in it.</summary>
internal sealed record SampleNetwork(IpPrefix Prefix, LinkFact Link, IpAddr Address, IpAddr? Own)
{
    /// <summary>The networks that the engine too takes for being behind the node; whole networks before single hosts.</summary>
    public static IReadOnlyList<SampleNetwork> Of(NamespaceView ns, IpFamily family, int limit)
    {
        var pods = (ns.Node.Facts.OtherNamespaces?.Value?.Others ?? []).SelectMany(space => space.Addresses ?? []).Where(address => address.Family == family).ToList();
        var found = new List<SampleNetwork>();
        foreach (var owned in ns.LocalNetworks.Where(local => local.Prefix.Family == family && LinkRoles.CanHostOthers(ns, local.Link)).OrderBy(local => local.Prefix.IsHost))
        {
            if (found.Count == limit) break;
            if (ns.LinkByIndex(owned.Link) is not { } link || found.Exists(known => known.Prefix == owned.Prefix)) continue;
            IpAddr? own = ns.AddressesOn(owned.Link).Where(address => address.Address.Family == family && !address.Unusable && !address.Address.IsLinkLocal)
                .Select(address => (IpAddr?)address.Address).FirstOrDefault();
            if (Inside(ns, owned.Prefix, pods) is { } address) found.Add(new SampleNetwork(owned.Prefix, link, address, own));
        }

        return found;
    }

    private static IpAddr? Inside(NamespaceView ns, IpPrefix prefix, List<IpAddr> pods)
    {
        if (pods.FindIndex(prefix.Contains) is >= 0 and var known) return pods[known];
        var candidates = prefix.IsHost ? [prefix.Network] : new UInt128[] { 2, 3, 10, 1 }.Select(offset => IpAddr.FromBits(prefix.Family, prefix.Network.Bits + offset));
        foreach (var address in candidates)
        {
            if (prefix.Contains(address) && !ns.Addresses.Any(own => own.Address == address)) return address;
        }

        return null;
    }
}
