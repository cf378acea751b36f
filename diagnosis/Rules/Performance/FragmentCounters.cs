// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>What both ends count of fragments (RFC 4293), each IP version by itself.</summary>
internal static class FragmentCounters
{
    /// <summary>Two packets in two fragments each.</summary>
    public const ulong Enough = 4;

    public static readonly IReadOnlyList<string> Groups = ["Ip", "Ip6"];

    /// <summary>True when one node made fragments and the other put none together.</summary>
    public static bool AreLost(DeviceView near, DeviceView far) => Groups.Any(group => AreLost(near, far, group));

    public static bool AreLost(DeviceView near, DeviceView far, string group) =>
        near.Namespace.CounterGrowth($"{group}.FragCreates") >= Enough
        && Counts(far, $"{group}.ReasmOKs")
        && far.Namespace.CounterGrowth($"{group}.ReasmOKs") == 0;

    private static bool Counts(DeviceView device, string name) =>
        device.Namespace.Facts.ProtocolCounters?.Value is { } values && values.TryGetValue(name, out var counter) && counter.Growth is not null;
}
