// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>The kernel's own answers, by what was asked.</summary>
internal sealed class LookupIndex
{
    private readonly Dictionary<(string Device, IpAddr Address), RouteLookupFact> _endpoints = [];
    private readonly Dictionary<(string Device, IpPrefix Prefix), RouteLookupFact> _prefixes = [];

    private readonly List<RouteLookupFact> _flows = [];

    public LookupIndex(IReadOnlyList<RouteLookupFact> lookups)
    {
        foreach (var lookup in lookups)
        {
            if (lookup.Device is null) continue;
            if (lookup.Purpose == RouteLookupPurpose.Endpoint) _endpoints.TryAdd((lookup.Device, lookup.Destination), lookup);
            else if (lookup.Purpose is RouteLookupPurpose.Forwarded or RouteLookupPurpose.Incoming) _flows.Add(lookup);
            else if (lookup.Prefix is { } prefix) _prefixes.TryAdd((lookup.Device, prefix), lookup);
        }
    }

    public IEnumerable<RouteLookupFact> Endpoints => _endpoints.Values;

    public RouteLookupFact? ForEndpoint(DeviceView device, IpAddr address) => _endpoints.GetValueOrDefault((device.RawName, address));

    public RouteLookupFact? ForPrefix(DeviceView device, IpPrefix prefix) => _prefixes.GetValueOrDefault((device.RawName, prefix));

    /// <summary>Packets from networks behind the node into the device.</summary>
    public IEnumerable<RouteLookupFact> Forwarded(DeviceView device) =>
        _flows.Where(lookup => lookup is { Purpose: RouteLookupPurpose.Forwarded, From: not null, InputLink: not null, Prefix: not null } && lookup.Device == device.RawName);

    /// <summary>Decrypted packets that come out of the device.</summary>
    public IEnumerable<RouteLookupFact> Incoming(DeviceView device) =>
        _flows.Where(lookup => lookup is { Purpose: RouteLookupPurpose.Incoming, From: not null, Prefix: not null } && lookup.Device == device.RawName);
}
