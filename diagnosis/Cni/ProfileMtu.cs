// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>How a program sets the MTU of its tunnels, in bytes.</summary>
/// <param name="OverV4">What it takes off the underlay's MTU where outer packets are IPv4.</param>
/// <param name="OverV6">The same for IPv6.</param>
internal sealed record ProfileMtu(int OverV4, int OverV6)
{
    /// <summary>A constant that does not depend on the underlay; null when there is none.</summary>
    public int? Fixed { get; init; }

    /// <summary>Other values that are taken off in some versions.</summary>
    public IReadOnlyList<int> Also { get; init; } = [];

    public static ProfileMtu Always(int mtu) => new(0, 0) { Fixed = mtu };

    /// <summary>What the device would have by default.</summary>
    public int Expected(int underlay, IpFamily outer) => Fixed ?? underlay - (outer == IpFamily.IPv6 ? OverV6 : OverV4);

    /// <summary>Whether a device's MTU is one that the program itself would set.</summary>
    public bool IsItsOwn(int mtu, int underlay, IpFamily outer) => mtu == Expected(underlay, outer) || (Fixed is null && Also.Contains(underlay - mtu));
}
