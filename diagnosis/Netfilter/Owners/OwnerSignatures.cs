// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Builds the names of one owner, for the tables beside this file.</summary>
internal static class OwnerSignatures
{
    /// <summary>All names of all owners.</summary>
    public static IReadOnlyList<OwnerSignature> All { get; } =
    [
        .. KubernetesOwners.Signatures,
        .. CniOwners.Signatures,
        .. CniPluginOwners.Signatures,
        .. RuntimeOwners.Signatures,
        .. FirewallOwners.Signatures,
        .. VpnOwners.Signatures,
        .. MeshOwners.Signatures,
        .. CloudOwners.Signatures,
    ];

    public static IEnumerable<OwnerSignature> Tables(RuleOwner owner, params string[] patterns) => Make(owner, OwnerTrait.Table, patterns, exclusive: true);

    public static IEnumerable<OwnerSignature> Chains(RuleOwner owner, params string[] patterns) => Make(owner, OwnerTrait.Chain, patterns, exclusive: true);

    /// <summary>Names of chains that others could choose as well.</summary>
    public static IEnumerable<OwnerSignature> CommonChains(RuleOwner owner, params string[] patterns) => Make(owner, OwnerTrait.Chain, patterns, exclusive: false);

    public static IEnumerable<OwnerSignature> Comments(RuleOwner owner, params string[] patterns) => Make(owner, OwnerTrait.Comment, patterns, exclusive: false);

    public static IEnumerable<OwnerSignature> Devices(RuleOwner owner, params string[] patterns) => Make(owner, OwnerTrait.Device, patterns, exclusive: false);

    private static IEnumerable<OwnerSignature> Make(RuleOwner owner, OwnerTrait trait, string[] patterns, bool exclusive) =>
        patterns.Select(pattern => new OwnerSignature(owner, trait, pattern, exclusive));
}
