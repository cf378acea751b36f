// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>What asking one UAPI socket gave: a device or a problem.</summary>
/// <param name="Device">The device, when the answer was whole.</param>
/// <param name="Problem">What is wrong with the socket; null when nothing is.</param>
/// <param name="Unknown">Lines that were not understood.</param>
internal sealed record UapiAnswer(WireGuardDeviceFact? Device, UapiSocketFact? Problem, int Unknown = 0)
{
    public static UapiAnswer Of(string name, UapiSocketProblem problem, string detail) => new(null, new UapiSocketFact(name, problem, detail));
}

/// <summary>What the UAPI folder gave, before anyone looked in which namespace the devices are.</summary>
/// <param name="Devices">Devices that answered.</param>
/// <param name="Problems">Sockets that gave none.</param>
internal sealed record UapiSnapshot(IReadOnlyList<WireGuardDeviceFact> Devices, IReadOnlyList<UapiSocketFact> Problems);
