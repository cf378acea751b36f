// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Findings;

/// <summary>Where in the stack the fault sits.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Layer>))]
public enum Layer
{
    Handshake,
    Interface,
    Address,
    AllowedIPs,
    Route,
    Forwarding,
    Firewall,
    Nat,
    Conntrack,
    Mtu,
    Performance,
    Cni,
    Namespace,
    Platform,
}
