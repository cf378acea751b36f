// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Net;

/// <summary>Address and UDP port of a WireGuard endpoint.</summary>
/// <param name="Address">The address, IPv4-mapped ones already turned into IPv4.</param>
/// <param name="Port">UDP port, 1 to 65535.</param>
public readonly record struct IpEndpoint(IpAddr Address, ushort Port)
{
    /// <inheritdoc/>
    public override string ToString() => Address.Family == IpFamily.IPv6 ? $"[{Address}]:{Port}" : $"{Address}:{Port}";
}
