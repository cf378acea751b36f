// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Ethtool;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink;
using KubeWgDiag.NodeProbe.Rtnetlink.Links;
using KubeWgDiag.NodeProbe.Rtnetlink.Routes;
using KubeWgDiag.NodeProbe.Rtnetlink.TrafficControl;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

/// <summary>The readers that recordings exist for, by the name of the recording, with their result as JSON.</summary>
internal static class RecordedReaders
{
    private static readonly JsonSerializerOptions Indented = new(FactsJsonContext.Default.Options) { WriteIndented = true };

    /// <summary>Names of the recordings.</summary>
    public static readonly string[] Names = ["links", "addresses", "routes", "routes-by-nexthop-id", "rules", "neighbours", "lookups", "traffic-control", "offloads"];

    public static string Read(string name, NetlinkConnection connection, Deadline deadline) => name switch
    {
        "links" => Json(LinkReader.Read(connection, deadline)),
        "addresses" => Json(AddressReader.Read(connection, deadline)),
        "routes" or "routes-by-nexthop-id" => Json(RouteReader.Read(connection, deadline, RouteInterest.None)),
        "rules" => Json(RuleReader.Read(connection, deadline)),
        "neighbours" => Json(NeighbourReader.Read(connection, deadline)),
        "lookups" => Json(RouteLookupReader.Read(connection, [LookupDevice], deadline)),
        "traffic-control" => Json(TrafficControlReader.Read(connection, deadline)),
        "offloads" => Json(OffloadReader.Read(connection, deadline)),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>NETLINK_* of the recording.</summary>
    public static int ProtocolOf(string name) => name == "offloads" ? NetlinkConstants.ProtocolGeneric : NetlinkConstants.ProtocolRoute;

    /// <summary>A device whose peers need every kind of lookup in the recorded namespace.</summary>
    private static WireGuardDeviceFact LookupDevice => new()
    {
        Name = "wg0",
        Implementation = WireGuardImplementation.Kernel,
        FirewallMark = 0xca6c,
        Peers =
        [
            new WireGuardPeerFact
            {
                PublicKey = "a",
                Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.1"), 51820),
                AllowedIps =
                [
                    .. new[]
                    {
                        "10.244.1.0/24", "10.244.2.9/32", "10.244.3.0/24", "10.66.0.0/16", "10.67.0.0/16", "10.68.0.1/32", "10.245.1.0/24", "10.245.3.0/24",
                        "10.1.0.1/32", "10.1.0.255/32", "fd00:244:1::/64", "fd66::/16", "fd67::/16", "fd00:1::1/128", "2001:db8::/32",
                    }.Select(IpPrefix.Parse),
                ],
            },
            new WireGuardPeerFact { PublicKey = "b", Endpoint = new IpEndpoint(IpAddr.Parse("2001:db8::1"), 51820) },
        ],
    };

    private static string Json<T>(Reading<T> reading)
        where T : class
    {
        var json = new JsonObject
        {
            ["interrupted"] = reading.Interrupted,
            ["unknown"] = reading.Unknown,
            ["notAvailable"] = reading.NotAvailable?.Reason.ToString(),
            ["value"] = JsonSerializer.SerializeToNode(reading.Value, FactsJsonContext.Default.Options.GetTypeInfo(typeof(T))),
        };
        return json.ToJsonString(Indented) + "\n";
    }
}
