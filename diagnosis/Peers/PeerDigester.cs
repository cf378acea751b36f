// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Peers;

/// <summary>
/// Makes the facts of a node with thousands of peers small: peers that nothing is wrong with, as the node alone can tell, are replaced by a
/// <see cref="PeerDigest"/>, and what was read because of them goes as well. Linear in the number of peers.
/// </summary>
public static class PeerDigester
{
    /// <summary>Devices with this many peers or fewer list all of them.</summary>
    public const int Threshold = 500;

    /// <summary>The facts with digests, and how many peers they stand for.</summary>
    /// <param name="facts">All facts of one node.</param>
    /// <param name="report">What the engine says about them alone.</param>
    /// <param name="threshold">Devices with this many peers or fewer list all of them.</param>
    public static DigestedFacts Digest(NodeFacts facts, DiagnosisReport report, int threshold = Threshold)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(report);
        if (!facts.Namespaces.Any(ns => HasLargeDevice(ns, threshold))) return new DigestedFacts(facts, 0);
        var local = new LocalVerdicts(report);
        var node = MeshBuilder.View(facts);
        var spaces = new List<NamespaceFacts>(facts.Namespaces.Count);
        var unlisted = 0;
        foreach (var ns in node.Namespaces)
        {
            var choices = ns.Devices.Where(device => device.Fact.Peers.Count > threshold).Select(device => new PeerSelection(device, local)).ToList();
            unlisted += choices.Sum(choice => choice.Unlisted.Count);
            spaces.Add(choices.Count == 0 ? ns.Facts : UnlistedRemains.Remove(ns, choices) with
            {
                KernelWireGuard = Replace(ns.Facts.KernelWireGuard, choices),
                UserspaceWireGuard = Replace(ns.Facts.UserspaceWireGuard, choices),
            });
        }

        return new DigestedFacts(facts with { Namespaces = spaces }, unlisted);
    }

    private static bool HasLargeDevice(NamespaceFacts ns, int threshold) =>
        Safe.List(ns.KernelWireGuard).Concat(Safe.List(ns.UserspaceWireGuard)).Any(device => device.Peers.Count > threshold);

    private static Fact<IReadOnlyList<WireGuardDeviceFact>> Replace(Fact<IReadOnlyList<WireGuardDeviceFact>> fact, List<PeerSelection> choices) =>
        fact.Value is { } devices && devices.Any(device => choices.Exists(choice => ReferenceEquals(choice.Device.Fact, device)))
            ? fact with { Value = [.. devices.Select(device => choices.Find(choice => ReferenceEquals(choice.Device.Fact, device))?.ToFact() ?? device)] }
            : fact;
}

/// <summary>Facts with digests instead of peers that nothing is wrong with.</summary>
/// <param name="Facts">The facts.</param>
/// <param name="Unlisted">Number of peers that only digests stand for.</param>
public sealed record DigestedFacts(NodeFacts Facts, int Unlisted);
