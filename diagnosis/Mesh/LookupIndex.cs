// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>The kernel's own answers, by what was asked. Of equal questions the first answer counts.</summary>
internal sealed class LookupIndex
{
    /// <summary>So few are searched one by one: nodes with a digest have some dozens.</summary>
    private const int Few = 64;

    private readonly IReadOnlyList<RouteLookupFact> _all;
    private readonly Dictionary<(string Device, IpAddr Address), RouteLookupFact>? _endpoints;
    private readonly Dictionary<(string Device, IpPrefix Prefix), RouteLookupFact>? _prefixes;

    public LookupIndex(IReadOnlyList<RouteLookupFact> lookups)
    {
        _all = lookups;
        if (lookups.Count <= Few) return;
        (_endpoints, _prefixes) = ([], []);
        foreach (var lookup in lookups)
        {
            if (lookup.Device is null) continue;
            if (lookup.Purpose == RouteLookupPurpose.Endpoint) _endpoints.TryAdd((lookup.Device, lookup.Destination), lookup);
            else if (lookup.Purpose == RouteLookupPurpose.AllowedIp && lookup.Prefix is { } prefix) _prefixes.TryAdd((lookup.Device, prefix), lookup);
        }
    }

    public IEnumerable<RouteLookupFact> Endpoints => _endpoints?.Values
        ?? _all.Where(lookup => lookup.Device is not null && lookup.Purpose == RouteLookupPurpose.Endpoint).DistinctBy(lookup => (lookup.Device, lookup.Destination));

    public RouteLookupFact? ForEndpoint(DeviceView device, IpAddr address)
    {
        if (_endpoints is not null) return _endpoints.GetValueOrDefault((device.RawName, address));
        foreach (var lookup in _all)
        {
            if (lookup.Purpose == RouteLookupPurpose.Endpoint && lookup.Destination == address && IsOf(device, lookup)) return lookup;
        }

        return null;
    }

    /// <summary>The answer for an AllowedIPs prefix.</summary>
    public RouteLookupFact? ForPrefix(DeviceView device, IpPrefix prefix)
    {
        if (_prefixes is not null) return _prefixes.GetValueOrDefault((device.RawName, prefix));
        foreach (var lookup in _all)
        {
            if (lookup.Purpose is RouteLookupPurpose.AllowedIp && lookup.Prefix == prefix && IsOf(device, lookup)) return lookup;
        }

        return null;
    }

    /// <summary>Packets from networks behind the node into the device.</summary>
    public IEnumerable<RouteLookupFact> Forwarded(DeviceView device) =>
        _all.Where(lookup => lookup is { Purpose: RouteLookupPurpose.Forwarded, From: not null, InputLink: not null, Prefix: not null } && IsOf(device, lookup));

    /// <summary>Decrypted packets that come out of the device.</summary>
    public IEnumerable<RouteLookupFact> Incoming(DeviceView device) =>
        _all.Where(lookup => lookup is { Purpose: RouteLookupPurpose.Incoming, From: not null, Prefix: not null } && IsOf(device, lookup));

    private static bool IsOf(DeviceView device, RouteLookupFact lookup) => string.Equals(lookup.Device, device.RawName, StringComparison.Ordinal);
}
