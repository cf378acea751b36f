// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis;

/// <summary>Names tests that nobody made and that would tell more about what was found; not where nothing points there.</summary>
internal static class UncheckedTests
{
    private const string Loss = "WG-PATH-LOSS";

    public static IEnumerable<CouldNotCheck> Of(MeshModel mesh, IReadOnlyList<RootCause> causes)
    {
        foreach (var loss in causes.Select(cause => cause.Finding).Where(finding => finding.Code == Loss))
        {
            var node = mesh.Nodes.FirstOrDefault(node => node.Name == loss.Subject.Node);
            if (node?.Facts.RateTests is null)
                yield return new CouldNotCheck(loss.Subject.Node, $"whether what is lost on the way to {loss.Subject.PeerNode ?? "the peer"} depends on the rate", "no probe sent test datagrams in steps");
        }
    }
}
