// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>A setting that a file of sysctl.d(5) makes at boot and at every <c>sysctl --system</c>, for the few names that decide about forwarding.</summary>
/// <param name="File">Path on the host.</param>
/// <param name="Name">Dotted name, e.g. <c>net.ipv4.ip_forward</c>.</param>
/// <param name="Value">The number that is set.</param>
public sealed record SysctlFileFact(string File, string Name, long Value);
