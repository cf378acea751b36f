// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Findings;

/// <summary>How bad it is; ordered. The catalogue's low is Info, medium is Warning, high is Error.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>Explains something; nobody has to act.</summary>
    Info,

    /// <summary>Degraded, or will break under a known condition.</summary>
    Warning,

    /// <summary>Part of the traffic fails.</summary>
    Error,

    /// <summary>No traffic, or a security property is lost.</summary>
    Critical,
}
