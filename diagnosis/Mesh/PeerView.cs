// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>One peer entry of a device, which is one directed tunnel, and who is at its other end.</summary>
internal sealed class PeerView
{
    public PeerView(DeviceView device, string key, WireGuardPeerFact fact)
    {
        Device = device;
        Key = key;
        Fact = fact;
        AllowedIps = Sorted(fact.AllowedIps ?? []);
        Endpoint = fact.Endpoint is { Port: > 0 } endpoint && PrefixMath.IsReal(endpoint.Address) && !endpoint.Address.IsUnspecified
            ? endpoint
            : null;
    }

    public DeviceView Device { get; }

    /// <summary>Public key of the other end, canonical base64.</summary>
    public string Key { get; }

    public WireGuardPeerFact Fact { get; }

    public IpEndpoint? Endpoint { get; }

    public IReadOnlyList<IpPrefix> AllowedIps { get; }

    /// <summary>The observed device that owns the key; null when nobody observed does, or more than one without a way to tell them apart.</summary>
    public DeviceView? Remote { get; set; }

    /// <summary>True when some observed device owns the key, even if it cannot be told which.</summary>
    public bool KeyIsKnown { get; set; }

    /// <summary>
    /// True for a peer that its own device does not list: its details are what most nodes have for it, and its device saw nothing wrong with it.
    /// Such an entry is part of no list of the device's peers.
    /// </summary>
    public bool IsCounted { get; init; }

    /// <summary>The entry at the other end that leads back here; null when there is none.</summary>
    public PeerView? Reverse => Remote is not null && Device.Key is not null ? Remote.PeerByKey(Device.Key) : null;

    public TunnelId Id => new(Device.Node.Name, Device.Name, Remote?.Node.Name, Key);

    /// <summary>Ties the entry to the device at its other end.</summary>
    public void LinkTo(DeviceView remote)
    {
        Remote = remote;
        KeyIsKnown = true;
        remote.HeldBy.Add(this);
    }

    // The fact's own list in most cases.
    private static IReadOnlyList<IpPrefix> Sorted(IReadOnlyList<IpPrefix> prefixes)
    {
        for (var i = 0; i < prefixes.Count; i++)
        {
            if (!PrefixMath.IsReal(prefixes[i]) || (i > 0 && PrefixOrder.Instance.Compare(prefixes[i - 1], prefixes[i]) >= 0))
                return [.. prefixes.Where(PrefixMath.IsReal).Distinct().Order(PrefixOrder.Instance)];
        }

        return prefixes;
    }

    /// <summary>The other end in words.</summary>
    public string RemoteName => Remote?.Node.Name ?? $"peer {PublicKeys.Short(Key)}";

    /// <summary>True when the other end would be sent every packet of the prefix.</summary>
    public bool Covers(IpPrefix prefix) => IsCounted ? AllowedIps.Any(own => own.Contains(prefix)) : Device.Cryptokey.Owner(prefix) is { } owner
        ? owner.Peer == this
        : PrefixMath.Tile(prefix, Device.Cryptokey.Inside(prefix).Where(entry => entry.Peer == this).Select(entry => entry.Prefix));
}
