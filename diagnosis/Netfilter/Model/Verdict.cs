// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>What a rule says about a packet.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Chain">The chain of a jump or goto; null otherwise.</param>
public sealed record Verdict(VerdictKind Kind, string? Chain = null)
{
    public static readonly Verdict Accept = new(VerdictKind.Accept);
    public static readonly Verdict Drop = new(VerdictKind.Drop);
    public static readonly Verdict Continue = new(VerdictKind.Continue);
    public static readonly Verdict Return = new(VerdictKind.Return);
}

/// <summary>NF_* and NFT_* verdict codes by name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VerdictKind>))]
public enum VerdictKind
{
    /// <summary>A code this code does not know.</summary>
    Unknown,
    Accept,
    Drop,
    Stolen,
    Queue,
    Repeat,
    Continue,

    /// <summary>NFT_BREAK: the rule ends here, the next one follows.</summary>
    Break,
    Jump,
    Goto,
    Return,
}
