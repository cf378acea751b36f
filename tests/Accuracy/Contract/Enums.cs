// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Accuracy.Contract;

/// <summary>Address families of the mesh, inner and outer.</summary>
[Flags]
public enum Families
{
    None = 0,
    V4 = 1,
    V6 = 2,
    Both = V4 | V6,
}

/// <summary>Implementations of WireGuard.</summary>
[Flags]
public enum Implementations
{
    None = 0,

    /// <summary>wireguard-go, on this machine.</summary>
    Userspace = 1,

    /// <summary>The kernel's: where the machine has it, or in the virtual machine.</summary>
    Kernel = 2,

    Both = Userspace | Kernel,
}

/// <summary>What flows during the observation; two packets a second each.</summary>
[Flags]
public enum Traffic
{
    None = 0,

    /// <summary>From A's pod to the pods of all others.</summary>
    PodToPod = 1,

    /// <summary>From A itself to B's pod.</summary>
    HostToPod = 2,

    /// <summary>From A itself to B's tunnel address.</summary>
    HostToHost = 4,

    /// <summary>From A's pod to B's pod, packets as big as the pod's MTU.</summary>
    Large = 8,

    /// <summary>From B's pod to A's pod.</summary>
    Reverse = 16,

    /// <summary>From A's pod to B's pod, a hundred packets a second.</summary>
    Busy = 32,
}

/// <summary>What must be lost.</summary>
public enum Hurt
{
    /// <summary>Nothing; <see cref="Scenario.Effect"/> says what else shows.</summary>
    None,

    /// <summary>A's pod gets no answer from B's pod.</summary>
    PodToPod,

    /// <summary>Pods talk, A itself gets no answer from B's pod.</summary>
    HostToPod,

    /// <summary>A itself gets no answer from B's tunnel address.</summary>
    HostToHost,

    /// <summary>B's pod gets no answer from A's pod.</summary>
    Reverse,

    /// <summary>Small packets pass between the pods, packets as big as the sending pod's MTU do not.</summary>
    Large,

    /// <summary>Some of A's pod's packets get no answer from B's pod, some do.</summary>
    Some,
}

/// <summary>Which nodes a fault of a combination plays between.</summary>
public enum Role
{
    AToB,
    AToC,
    CToB,
    BToC,
}
