// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer;

/// <summary>What a simulated node does with the pods that are placed on it, and what it says of itself.</summary>
public enum NodeBehaviour
{
    /// <summary>Pods become ready.</summary>
    Healthy,

    /// <summary>The node's condition Ready is False, with the taints that follow; pods stay pending.</summary>
    NotReady,

    /// <summary>Marked unschedulable; pods that tolerate it become ready, as those of a DaemonSet do.</summary>
    Cordoned,

    /// <summary>Tainted with dedicated=others:NoSchedule; pods that tolerate it become ready.</summary>
    Tainted,

    /// <summary>The scheduler finds no room on it: pods for this node alone are unschedulable.</summary>
    Full,

    /// <summary>Images cannot be pulled: ErrImagePull, then ImagePullBackOff.</summary>
    ImagePullError,

    /// <summary>Containers start and end with an error again and again: CrashLoopBackOff with a termination message.</summary>
    CrashLoop,
}
