// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.Diagnosis.Rules.Pods;

/// <summary>
/// Tells the few namespaces of pods that a verdict may be drawn from those in which all is as it should be, so that a node can look into many of its pods and tell of few. What
/// other nodes look for behind this one is not known yet, so more are kept than there are verdicts.
/// </summary>
public static class PodSuspects
{
    /// <summary>The most that are kept of one node.</summary>
    public const int Max = 4;

    private const int NameLimit = 200;

    /// <summary>The ids of the namespaces without a tunnel that have a wrong way out, or drop what was walked into them.</summary>
    public static IReadOnlySet<string> Of(NodeFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var mesh = MeshBuilder.Build(new DiagnosisInput([facts], new Thresholds()));
        var stops = Safe.List(facts.Namespaces).SelectMany(space => Safe.List(space.Walks)).Select(walk => walk.Stop?.Place).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return PodPlace.FindAlone(mesh)
            .Where(place => PodRouteFindings.IsWrong(place) || PodVethRule.BridgeWithout(place) is not null || stops.Exists(stop => IsIn(stop, place.Namespace.Facts)))
            .Select(place => place.Namespace.Facts.Id)
            .Distinct(StringComparer.Ordinal)
            .Take(Max)
            .ToHashSet(StringComparer.Ordinal);
    }

    // A walk names a place by its owner and the path by which it was entered.
    private static bool IsIn(string stop, NamespaceFacts space) => PlainText.OneLine(new Walking.WalkNamespace(space, Walking.NoRoutes.Instance).Name, NameLimit) == stop;
}
