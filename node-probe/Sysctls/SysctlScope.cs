// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Sysctls;

/// <summary>How much of /proc/sys/net is read.</summary>
internal enum SysctlScope
{
    /// <summary>What decides about packets: for the many namespaces of pods.</summary>
    Deciding,

    /// <summary>Everything: for the host and for namespaces with a tunnel.</summary>
    Whole,
}
