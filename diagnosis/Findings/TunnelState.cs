// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Findings;

/// <summary>State of a directed tunnel, judged from both ends where both were read.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TunnelState>))]
public enum TunnelState
{
    /// <summary>Not enough was read to say.</summary>
    Unknown,

    /// <summary>Valid session, and nothing speaks against it.</summary>
    Healthy,

    /// <summary>No valid session, and nobody wants to send: normal without keepalive.</summary>
    Idle,

    /// <summary>Someone wants to send and no handshake completes.</summary>
    NoHandshake,

    /// <summary>The sender's bytes do not arrive at the receiver.</summary>
    OneWay,

    /// <summary>The receiver decrypts and then refuses the inner source.</summary>
    RejectedByAllowedIps,

    /// <summary>Traffic for the far side does not enter the tunnel: no route, wrong route, or no peer owns the destination.</summary>
    NotRoutedIn,

    /// <summary>The receiver decrypts and accepts, and the packet goes nowhere from there.</summary>
    DroppedAfterDecrypt,

    /// <summary>Small packets pass, large ones do not.</summary>
    MtuBlackhole,

    /// <summary>Works, but worse than it should.</summary>
    Degraded,
}
