// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>/dev/net/tun of the host.</summary>
/// <param name="Path">Where it was looked for, as the probe sees it.</param>
/// <param name="Present">There is such a file.</param>
/// <param name="IsTun">It is the character device 10:200 (Documentation/admin-guide/devices.txt).</param>
public sealed record TunDeviceFact(string Path, bool Present, bool IsTun);
