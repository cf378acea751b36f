// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Netfilter.Owners;

/// <summary>A program that installs packet-filter rules.</summary>
/// <param name="Name">Its own name in lower case: <c>kube-proxy</c>, <c>calico</c>, <c>firewalld</c>.</param>
/// <param name="Kind">What sort of program it is: who has to change something when its rule is in the way.</param>
public sealed record RuleOwner(string Name, RuleOwnerKind Kind)
{
    /// <summary>Nothing points to a program: rules of people and scripts look like this too.</summary>
    public static readonly RuleOwner Unknown = new("unknown", RuleOwnerKind.Unknown);
}

/// <summary>What sort of program installs rules.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RuleOwnerKind>))]
public enum RuleOwnerKind
{
    Unknown,

    /// <summary>Part of Kubernetes itself.</summary>
    Kubernetes,

    /// <summary>The pod network: a CNI, or a plugin of one.</summary>
    Cni,

    /// <summary>A container or machine runtime.</summary>
    Runtime,

    /// <summary>The host's firewall, configured by people.</summary>
    Firewall,

    /// <summary>A tunnel or overlay network beside the pod network.</summary>
    Vpn,

    /// <summary>A service mesh, mostly inside pods.</summary>
    ServiceMesh,

    /// <summary>An agent of a cloud provider.</summary>
    Cloud,

    /// <summary>The operating system.</summary>
    System,
}
