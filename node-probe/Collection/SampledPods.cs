// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Rules.Pods;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Namespaces of pods that nobody asked for: only those that a verdict may hang on stay among the facts, and of them only what it is drawn from.</summary>
internal static class SampledPods
{
    private const uint LocalTable = 255;

    private static readonly NotAvailable LeftOut = new(NotAvailableReason.NotRequested, "nobody asked for this pod");

    /// <summary>The facts with the suspects among the sample; the others are no part of them, but for the line that the scan has about each.</summary>
    public static NodeFacts KeepSuspects(NodeFacts facts, IReadOnlyList<NamespaceFacts> sample)
    {
        if (sample.Count == 0) return facts;
        var sampled = sample.Select(space => space.Id).ToHashSet(StringComparer.Ordinal);
        var suspects = PodSuspects.Of(facts).Where(sampled.Contains).ToHashSet(StringComparer.Ordinal);
        return facts with
        {
            Namespaces = [.. facts.Namespaces.Where(space => !sampled.Contains(space.Id) || suspects.Contains(space.Id)).Select(space => sampled.Contains(space.Id) ? Small(space) : space)],
            OtherNamespaces = facts.OtherNamespaces is { Value: { } scan } others
                ? others with { Value = scan with { Others = [.. scan.Others.Where(other => !suspects.Contains(other.Id))] } }
                : facts.OtherNamespaces,
        };
    }

    private static NamespaceFacts Small(NamespaceFacts space) => space with
    {
        Netfilter = null,
        SysctlTexts = null,
        // What the kernel makes for every address by itself.
        Routes = space.Routes with { Value = space.Routes.Value is { } routes ? [.. routes.Where(route => route.Table != LocalTable)] : null },
        Sysctls = space.Sysctls with { Value = null, NotAvailable = LeftOut },
        Links = space.Links with { Value = space.Links.Value is { } links ? [.. links.Select(link => link with { Counters = null, Limits = null })] : null },
    };
}
