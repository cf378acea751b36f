// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>How sure a device's owner is, ordered.</summary>
internal enum ProofLevel
{
    None,

    /// <summary>Port, mark or MTU alone: many have the same.</summary>
    Weak,

    /// <summary>A name that others do not use, and the right kind of device; or signs of the program without its name.</summary>
    Named,

    /// <summary>The name, and rules, filter chains or the pod network's configuration of the same program.</summary>
    Strong,

    /// <summary>The name, and the program's agent on the node.</summary>
    AgentRuns,

    /// <summary>The control plane publishes the device's key for this very node.</summary>
    Published,
}
