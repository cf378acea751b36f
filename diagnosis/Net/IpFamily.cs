// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Net;

/// <summary>Address family; the values are the version numbers people say.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IpFamily>))]
public enum IpFamily
{
    /// <summary>IPv4 (<c>AF_INET</c>).</summary>
    IPv4 = 4,

    /// <summary>IPv6 (<c>AF_INET6</c>).</summary>
    IPv6 = 6,
}
