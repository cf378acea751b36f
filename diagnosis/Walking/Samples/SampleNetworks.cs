// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>A network or host behind the node, and an address in it.</summary>
internal sealed record SampleNetwork(IpPrefix Prefix, LinkFact Link, IpAddr Address, IpAddr? Own)
{
    /// <summary>The most hosts that are tried one by one.</summary>
    private const int MaxHosts = 32;

    /// <summary>The networks that the engine too takes for being behind the node; whole networks before single hosts.</summary>
    public static IReadOnlyList<SampleNetwork> Of(NamespaceView ns, IpFamily family, int limit)
    {
        var pods = (ns.Node.Facts.OtherNamespaces?.Value?.Others ?? []).SelectMany(space => space.Addresses ?? []).Where(address => address.Family == family).ToList();
        var found = new List<SampleNetwork>();
        foreach (var owned in ns.LocalNetworks.Where(local => local.Prefix.Family == family && LinkRoles.CanHostOthers(ns, local.Link)).OrderBy(local => local.Prefix.IsHost))
        {
            if (found.Count == limit) break;
            if (ns.LinkByIndex(owned.Link) is not { } link || found.Exists(known => known.Prefix == owned.Prefix)) continue;
            if (Inside(ns, owned.Prefix, pods) is { } address) found.Add(new SampleNetwork(owned.Prefix, link, address, OwnOn(ns, owned.Link, family)));
        }

        return found;
    }

    /// <summary>The hosts whose namespaces were read and have packet filters: packets are walked into these, and what one drops is its own affair.</summary>
    public static IReadOnlyList<SampleNetwork> Hosts(NamespaceView ns, IpFamily family) =>
    [
        .. ns.Node.Namespaces.Where(other => other != ns && other.Devices.Count == 0 && other.Facts.Netfilter?.Value is { Tables.Count: > 0 })
            .SelectMany(other => other.Addresses).Select(address => address.Address).Where(address => address.Family == family).Distinct()
            .Select(address => (Address: address, Link: ns.LocalNetworks.Where(local => local.Prefix.Contains(address)).OrderByDescending(local => local.Prefix.Length).Select(local => ns.LinkByIndex(local.Link)).FirstOrDefault()))
            .Where(host => host.Link is not null && LinkRoles.CanHostOthers(ns, host.Link.Index))
            .Take(MaxHosts)
            .Select(host => new SampleNetwork(IpPrefix.Host(host.Address), host.Link!, host.Address, OwnOn(ns, host.Link!.Index, family))),
    ];

    private static IpAddr? OwnOn(NamespaceView ns, int link, IpFamily family) => ns.AddressesOn(link)
        .Where(address => address.Address.Family == family && !address.Unusable && !address.Address.IsLinkLocal)
        .Select(address => (IpAddr?)address.Address).FirstOrDefault();

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
