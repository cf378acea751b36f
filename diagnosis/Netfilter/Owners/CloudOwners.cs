// SPDX-License-Identifier: Apache-2.0

using static KubeWgDiag.Diagnosis.Netfilter.Owners.OwnerSignatures;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>Agents of cloud providers and distributions.</summary>
internal static class CloudOwners
{
    private static readonly RuleOwner AwsVpcCni = Of("aws-vpc-cni");
    private static readonly RuleOwner AzureCni = Of("azure-cni");
    private static readonly RuleOwner AzureNpm = Of("azure-npm");
    private static readonly RuleOwner Gke = Of("gke");
    private static readonly RuleOwner IpMasqAgent = Of("ip-masq-agent");
    private static readonly RuleOwner Rancher = Of("rancher");

    public static IReadOnlyList<OwnerSignature> Signatures { get; } =
    [
        .. Chains(AwsVpcCni, "AWS-SNAT-CHAIN-*", "AWS-CONNMARK-CHAIN-*"),
        .. Comments(AwsVpcCni, "AWS SNAT CHAIN*", "AWS, *"),
        .. Chains(AzureCni, "AZURECNI*"),
        .. Chains(AzureNpm, "AZURE-NPM*"),
        .. Chains(Gke, "GKE-*"),
        .. Chains(IpMasqAgent, "IP-MASQ-AGENT", "IP-MASQ*"),
        .. Comments(IpMasqAgent, "ip-masq-agent:*", "ip-masq:*"),
        .. Chains(Rancher, "CATTLE_*"),
    ];

    private static RuleOwner Of(string name) => new(name, RuleOwnerKind.Cloud);
}
