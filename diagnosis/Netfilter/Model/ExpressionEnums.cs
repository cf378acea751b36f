// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>NFT_CMP_*: byte-wise comparison of a register with a constant.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CompareOperator>))]
public enum CompareOperator
{
    Equal = 0,
    NotEqual = 1,
    Less = 2,
    LessOrEqual = 3,
    Greater = 4,
    GreaterOrEqual = 5,
}

/// <summary>NFT_PAYLOAD_*: what an offset counts from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PayloadBase>))]
public enum PayloadBase
{
    Link = 0,
    Network = 1,
    Transport = 2,
    Inner = 3,
    Tunnel = 4,
}
