// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>RTN_* of linux/rtnetlink.h, with the kernel's values.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RouteType>))]
public enum RouteType
{
    /// <summary>RTN_UNSPEC, or a value this code does not know.</summary>
    Unknown = 0,
    Unicast = 1,
    Local = 2,
    Broadcast = 3,
    Anycast = 4,
    Multicast = 5,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,
    Throw = 9,
    Nat = 10,
}
