// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Faults;

/// <summary>Where a fault plays: traffic flows from <see cref="First"/> to <see cref="Second"/>, in one family.</summary>
/// <param name="Lab">The lab, healthy and with traffic.</param>
/// <param name="Family">Family of the mesh that is broken.</param>
/// <param name="Progress">Is told what a slow fault waits for.</param>
public sealed record FaultScene(LabNetwork Lab, Family Family, IProgress<string>? Progress = null)
{
    /// <summary>The sending node.</summary>
    public LabNode First => Lab.Nodes[0];

    /// <summary>The receiving node.</summary>
    public LabNode Second => Lab.Nodes[1];

    public Mesh Mesh => Lab.MeshOf(Family);

    public string Device => Mesh.DeviceName;

    /// <summary><c>ip</c> with the family's option.</summary>
    public string Ip => Family == Family.V4 ? "ip -4" : "ip -6";

    /// <summary>The receiver's pod network.</summary>
    public string SecondPodCidr => AddressPlan.PodCidr(Family, Second.Number);
}
