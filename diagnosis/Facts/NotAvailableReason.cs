// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>Why a reader has nothing to show.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NotAvailableReason>))]
public enum NotAvailableReason
{
    /// <summary>The kernel does not have it: module not loaded, file not there, protocol off.</summary>
    NotPresent,

    /// <summary>The probe lacks a capability or a permission.</summary>
    NotPermitted,

    /// <summary>The reader ran into its time limit.</summary>
    TimedOut,

    /// <summary>What was read could not be understood.</summary>
    Malformed,

    /// <summary>The kernel or the socket answered with an error.</summary>
    Failed,

    /// <summary>Nobody asked for it.</summary>
    NotRequested,
}
