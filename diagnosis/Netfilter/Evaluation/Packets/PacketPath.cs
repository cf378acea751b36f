// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>The way of a packet through the hooks of the IP stack.</summary>
public enum PacketPath
{
    /// <summary>Prerouting, forward, postrouting.</summary>
    Forward,

    /// <summary>Prerouting, input.</summary>
    Input,

    /// <summary>Output, postrouting.</summary>
    Output,
}
