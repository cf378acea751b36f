// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>What counts, in one namespace at one time.</summary>
internal sealed record CounterReadings(
    Fact<IReadOnlyList<LinkFact>> Links,
    Fact<IReadOnlyList<WireGuardDeviceFact>> KernelWireGuard,
    Fact<IReadOnlyList<WireGuardDeviceFact>> UserspaceWireGuard,
    Fact<IReadOnlyDictionary<string, Counter>> ProtocolCounters);
