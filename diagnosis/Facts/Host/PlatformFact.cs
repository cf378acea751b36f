// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>The machine, as firmware names it: hints at a cloud or a hypervisor. Serial numbers are not read.</summary>
/// <param name="Vendor">DMI system vendor: <c>Amazon EC2</c>, <c>QEMU</c>; null when not said.</param>
/// <param name="Product">DMI product, or the model of the device tree.</param>
/// <param name="BiosVendor">DMI BIOS vendor.</param>
/// <param name="Hypervisor">/sys/hypervisor/type: <c>xen</c>; null elsewhere.</param>
public sealed record PlatformFact(string? Vendor = null, string? Product = null, string? BiosVendor = null, string? Hypervisor = null);
