// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>How far the facts about a device can be trusted: what changed while it was read, or was cut, makes every conclusion less sure.</summary>
internal static class Trust
{
    private const double Cut = 0.8;
    private const double Changed = 0.85;

    public static double Of(DeviceView device)
    {
        var facts = device.Namespace.Facts;
        var factor = device.Node.Facts.Truncated ? Cut : 1;
        return Interrupted(facts.Links) || Interrupted(facts.Addresses) || Interrupted(facts.Routes) || Interrupted(facts.Rules)
            || Interrupted(facts.KernelWireGuard) || Interrupted(facts.UserspaceWireGuard)
            ? factor * Changed
            : factor;
    }

    private static bool Interrupted<T>(Fact<T>? fact)
        where T : class => fact?.Interrupted ?? false;
}
