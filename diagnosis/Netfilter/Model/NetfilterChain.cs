// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>A chain with its rules in order. A base chain is called by a hook, any other by jump and goto.</summary>
public sealed record NetfilterChain
{
    public required string Name { get; init; }

    /// <summary>NFTA_CHAIN_HANDLE; 0 for a legacy chain.</summary>
    public ulong Handle { get; init; }

    /// <summary>Where the kernel calls it; null when it is no base chain.</summary>
    public NetfilterHook? Hook { get; init; }

    /// <summary>Order among the base chains of a hook: lower first.</summary>
    public int Priority { get; init; }

    /// <summary><c>filter</c>, <c>nat</c> or <c>route</c>; null when it is no base chain.</summary>
    public string? Type { get; init; }

    /// <summary>NFT_CHAIN_BINDING: written inside a rule, its name is the kernel's.</summary>
    public bool Anonymous { get; init; }

    public string? Comment { get; init; }

    /// <summary>Devices of a netdev chain; one that ends in <c>*</c> stands for all whose name begins so (NFTA_DEVICE_PREFIX).</summary>
    public IReadOnlyList<string>? Devices { get; init; }

    /// <summary>Drop when packets that no rule decided are dropped; null when it is no base chain.</summary>
    public NetfilterPolicy? Policy { get; init; }

    /// <summary>Counter of the policy; null where the backend has none.</summary>
    public RuleCounter? PolicyCounter { get; init; }

    public IReadOnlyList<NetfilterRule> Rules { get; init; } = [];
}

/// <summary>Hooks of the IP families (enum nf_inet_hooks) and of netdev (enum nf_dev_hooks), by name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NetfilterHook>))]
public enum NetfilterHook
{
    /// <summary>A hook this code does not know.</summary>
    Unknown,
    Ingress,
    Prerouting,
    Input,
    Forward,
    Output,
    Postrouting,
    Egress,
}

/// <summary>What happens to a packet that no rule of a base chain decided.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NetfilterPolicy>))]
public enum NetfilterPolicy
{
    Accept,
    Drop,
}
