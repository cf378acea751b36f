// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Route types of the packet's addresses (struct xt_addrtype_info, xt_addrtype_info_v1); null = does not look at it.</summary>
public sealed record XtAddrtype : Expression
{
    public XtAddressTypes? Source { get; init; }

    public bool SourceInverted { get; init; }

    public XtAddressTypes? Destination { get; init; }

    public bool DestinationInverted { get; init; }

    /// <summary>Only addresses of the incoming device are local.</summary>
    public bool LimitInterfaceIn { get; init; }

    /// <summary>Only addresses of the outgoing device are local.</summary>
    public bool LimitInterfaceOut { get; init; }
}

/// <summary>Ranges of addresses (struct xt_iprange_mtinfo); null = does not look at it.</summary>
public sealed record XtIpRange(XtAddressRange? Source = null, XtAddressRange? Destination = null) : Expression;

/// <summary>Addresses from <c>From</c> to <c>To</c>, both included.</summary>
public sealed record XtAddressRange(IpAddr From, IpAddr To, bool Inverted = false);

/// <summary>The reverse path leads out of the device the packet came in by (struct xt_rpfilter_info).</summary>
/// <param name="Loose">Any device will do.</param>
/// <param name="ValidMark">The packet's mark takes part in the lookup.</param>
/// <param name="AcceptLocal">Local sources from outside match too.</param>
/// <param name="Inverted">Packets that fail the check match.</param>
public sealed record XtRpfilter(bool Loose = false, bool ValidMark = false, bool AcceptLocal = false, bool Inverted = false) : Expression;

/// <summary>The devices of the bridge that carries the packet (struct xt_physdev_info); null = does not look at it.</summary>
public sealed record XtPhysdev : Expression
{
    public XtInterface? In { get; init; }

    public XtInterface? Out { get; init; }

    /// <summary>Came in over a bridge (or, false, did not).</summary>
    public bool? IsIn { get; init; }

    /// <summary>Leaves over a bridge (or, false, does not).</summary>
    public bool? IsOut { get; init; }

    /// <summary>Is bridged and not routed (or, false, is not).</summary>
    public bool? IsBridged { get; init; }
}

/// <summary>(Group of the device &amp; mask) == group (struct xt_devgroup_info); null = does not look at it.</summary>
public sealed record XtDevgroup(XtMasked? Source = null, XtMasked? Destination = null) : Expression;

/// <summary>(Number &amp; mask) == value.</summary>
public sealed record XtMasked(uint Value, uint Mask, bool Inverted = false);

/// <summary>
/// Looks the packet up in an ipset (struct xt_set_info_match_v0 to v4). <c>Sources</c> says for each dimension whether the packet's source (true)
/// or destination (false) address, port or device is looked up.
/// </summary>
public sealed record XtSet : Expression
{
    /// <summary>The kernel's index of the set.</summary>
    public required ushort Index { get; init; }

    /// <summary>Name of the set; null when the kernel did not tell.</summary>
    public string? Name { get; init; }

    public IReadOnlyList<bool> Sources { get; init; } = [];

    public bool Inverted { get; init; }

    /// <summary>An element with <c>nomatch</c> matches, and only such a one.</summary>
    public bool ReturnNoMatch { get; init; }

    public bool SkipCounterUpdate { get; init; }

    public bool SkipSubcounterUpdate { get; init; }

    /// <summary>What the element's packet counter must be; null = not looked at.</summary>
    public XtSetCounter? Packets { get; init; }

    /// <summary>What the element's byte counter must be; null = not looked at.</summary>
    public XtSetCounter? Bytes { get; init; }
}

/// <summary>Compares an element's counter: IPSET_COUNTER_* 1 equal, 2 not equal, 3 less, 4 greater (struct ip_set_counter_match).</summary>
public sealed record XtSetCounter(byte Operator, ulong Value);
