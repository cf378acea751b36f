// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>
/// The lists of a namespace without what a broken document leaves in them, in the order that the model wants. What is so already, which is nearly always, is
/// the fact's own list: a copy for each of thousands of nodes would be a good part of the model.
/// </summary>
internal static class NamespaceLists
{
    /// <summary>Links with a name, by index and name.</summary>
    public static IReadOnlyList<LinkFact> Links(NamespaceFacts facts)
    {
        var links = Safe.List(facts.Links);
        for (var i = 0; i < links.Count; i++)
        {
            if (links[i].Name is null || (i > 0 && !Follows(links[i - 1], links[i])))
                return [.. links.Where(link => link.Name is not null).OrderBy(link => link.Index).ThenBy(link => link.Name, StringComparer.Ordinal)];
        }

        return links;
    }

    /// <summary>Addresses of a family.</summary>
    public static IReadOnlyList<AddressFact> Addresses(NamespaceFacts facts)
    {
        var addresses = Safe.List(facts.Addresses);
        return addresses.All(address => PrefixMath.IsReal(address.Address)) ? addresses : [.. addresses.Where(address => PrefixMath.IsReal(address.Address))];
    }

    /// <summary>Addresses by address.</summary>
    public static IReadOnlyList<AddressFact> Sorted(IReadOnlyList<AddressFact> addresses)
    {
        for (var i = 1; i < addresses.Count; i++)
        {
            if (addresses[i - 1].Address > addresses[i].Address) return [.. addresses.OrderBy(address => address.Address)];
        }

        return addresses;
    }

    /// <summary>Routes with a destination and next hops.</summary>
    public static IReadOnlyList<RouteFact> Routes(NamespaceFacts facts)
    {
        var routes = Safe.List(facts.Routes);
        return routes.All(route => IsUsable(route) && !HasGaps(route))
            ? routes
            : [.. routes.Where(IsUsable).Select(route => HasGaps(route) ? route with { NextHops = [.. route.NextHops.Where(hop => hop is not null)] } : route)];
    }

    private static bool Follows(LinkFact one, LinkFact other) =>
        one.Index < other.Index || (one.Index == other.Index && string.CompareOrdinal(one.Name, other.Name) <= 0);

    private static bool IsUsable(RouteFact route) => route.NextHops is not null && PrefixMath.IsReal(route.Destination);

    private static bool HasGaps(RouteFact route) => route.NextHops.Any(hop => hop is null);
}
