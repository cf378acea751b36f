// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>What firmware and hypervisor say about the machine. Serial numbers and identifiers, which only root may read, are left alone.</summary>
internal static class PlatformReader
{
    public static Reading<PlatformFact> Read(HostPaths paths)
    {
        var dmi = Path.Combine(paths.Sys, "class", "dmi", "id");
        var fact = new PlatformFact(
            HostFile.Line(dmi, "sys_vendor"),
            HostFile.Line(dmi, "product_name") ?? HostFile.Line(paths.Proc, "device-tree", "model"),
            HostFile.Line(dmi, "bios_vendor"),
            HostFile.Line(paths.Sys, "hypervisor", "type"));
        return fact == new PlatformFact(null, null, null, null)
            ? Reading<PlatformFact>.None(NotAvailableReason.NotPresent, "neither DMI nor a device tree nor a hypervisor says anything")
            : Reading<PlatformFact>.Of(fact);
    }
}
