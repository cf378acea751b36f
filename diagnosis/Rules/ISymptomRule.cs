// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>
/// A rule whose findings are symptoms: one per tunnel. What no sharper finding explains is put together again, so that one node
/// that nobody reaches is one root cause.
/// </summary>
internal interface ISymptomRule : IRule
{
    /// <summary>True when the tunnel shows the symptom.</summary>
    bool Shows(MeshModel mesh, PeerView tunnel);

    /// <summary>One finding for many tunnels with the symptom, seen as the fault of one device.</summary>
    RuleFinding Compose(MeshModel mesh, DeviceView culprit, IReadOnlyList<PeerView> tunnels);
}
