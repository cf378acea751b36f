// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>Whose a device is, and why that is thought.</summary>
/// <param name="Profile">The program; null when nothing points to any.</param>
/// <param name="Proof">How sure.</param>
/// <param name="Signs">What points to it, in words.</param>
internal sealed record DeviceOwner(CniProfile? Profile, ProofLevel Proof, IReadOnlyList<string> Signs)
{
    public static readonly DeviceOwner Unknown = new(null, ProofLevel.None, []);

    /// <summary>True when rules may act on it.</summary>
    public bool Is(CniProfile profile) => Profile == profile && Proof >= ProofLevel.Named;

    /// <summary>True when something behaves as this program's devices do.</summary>
    public bool Normally(NormalBehaviour behaviour) => Proof >= ProofLevel.Named && Profile!.Normal.HasFlag(behaviour);
}
