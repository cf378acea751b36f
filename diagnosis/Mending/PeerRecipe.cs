// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mending;

/// <summary>How a missing peer entry would have to look.</summary>
/// <param name="Key">Public key of the absent device.</param>
/// <param name="Endpoint">Where its socket is; null when that cannot be told.</param>
/// <param name="AllowedIps">What belongs to it.</param>
/// <param name="PersistentKeepalive">Seconds, 0 = off.</param>
/// <param name="NeedsPresharedKey">The other end has a preshared key for this pair.</param>
internal sealed record PeerRecipe(string Key, IpEndpoint? Endpoint, IReadOnlyList<IpPrefix> AllowedIps, ushort PersistentKeepalive, bool NeedsPresharedKey)
{
    /// <summary>
    /// From what the other nodes have for the absent device; from the absent device itself where nobody has it; from the entry that it
    /// is to replace where that knows better.
    /// </summary>
    public static PeerRecipe? For(DeviceView holder, DeviceView absent, PeerView? replaced)
    {
        if (absent.Key is null) return null;
        var models = absent.HeldBy.Where(entry => entry.Device != holder).ToList();
        var allowed = models.Count > 0 ? MostCommonList(models)
            : replaced is { AllowedIps.Count: > 0 } ? replaced.AllowedIps
            : FromOwner(holder, absent);
        if (allowed.Count == 0) return null;
        var back = absent.PeerByKey(holder.Key ?? "");
        var keepalive = holder.Peers.Where(peer => peer != replaced).Select(peer => peer.Fact.PersistentKeepalive).FirstOrDefault(replaced?.Fact.PersistentKeepalive ?? 0);
        return new PeerRecipe(absent.Key, EndpointOf(models, absent, replaced, back), allowed, keepalive, back?.Fact.HasPresharedKey ?? false);
    }

    private static IReadOnlyList<IpPrefix> MostCommonList(List<PeerView> models) => models
        .GroupBy(entry => string.Join(',', entry.AllowedIps), StringComparer.Ordinal)
        .OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key.Length).ThenBy(group => group.Key, StringComparer.Ordinal)
        .First().First().AllowedIps;

    // What lies behind the absent device and what the holder's routes would send there anyway.
    private static List<IpPrefix> FromOwner(DeviceView holder, DeviceView absent) => PrefixMath.WithoutNested(absent.Owned
        .Where(owned => owned.Kind == OwnedKind.DeviceAddress || holder.HasRouteFor(owned.Prefix))
        .Select(owned => owned.Prefix));

    private static IpEndpoint? EndpointOf(List<PeerView> models, DeviceView absent, PeerView? replaced, PeerView? back)
    {
        var known = models.Where(entry => entry.Endpoint is not null)
            .GroupBy(entry => entry.Endpoint!.Value)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Address).ThenBy(group => group.Key.Port)
            .Select(group => (IpEndpoint?)group.Key).FirstOrDefault();
        if (known is not null || absent.Fact.ListenPort == 0) return known ?? replaced?.Endpoint;
        // The address from which the absent node would reach the holder.
        var source = back?.Endpoint is { } endpoint ? absent.Namespace.Lookups.ForEndpoint(absent, endpoint.Address)?.Source : null;
        return source is { } address ? new IpEndpoint(address, absent.Fact.ListenPort) : replaced?.Endpoint;
    }
}
