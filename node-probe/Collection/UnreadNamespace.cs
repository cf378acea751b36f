// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Namespaces;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Facts of a namespace that could not be visited: every one of them says why.</summary>
internal static class UnreadNamespace
{
    public static NamespaceFacts Of(NamespaceTarget target, NotAvailable reason, DateTimeOffset at)
    {
        Fact<T> None<T>(string source)
            where T : class => new() { Source = source, At = at, NotAvailable = reason };

        return new NamespaceFacts
        {
            Id = target.Id,
            Name = target.Name,
            Owners = target.Owners,
            Links = None<IReadOnlyList<LinkFact>>(FactSources.Links),
            Addresses = None<IReadOnlyList<AddressFact>>(FactSources.Addresses),
            Routes = None<IReadOnlyList<RouteFact>>(FactSources.Routes),
            Rules = None<IReadOnlyList<RuleFact>>(FactSources.Rules),
            Neighbours = None<IReadOnlyList<NeighbourFact>>(FactSources.Neighbours),
            Sysctls = None<IReadOnlyDictionary<string, long>>(FactSources.Sysctls),
            ProtocolCounters = None<IReadOnlyDictionary<string, Counter>>(FactSources.ProtocolCounters),
            KernelWireGuard = None<IReadOnlyList<WireGuardDeviceFact>>(FactSources.KernelWireGuard),
            UserspaceWireGuard = None<IReadOnlyList<WireGuardDeviceFact>>(FactSources.UserspaceWireGuard),
            Netfilter = None<NetfilterFact>(FactSources.Netfilter),
            RouteLookups = None<IReadOnlyList<RouteLookupFact>>(FactSources.RouteLookups),
        };
    }
}
