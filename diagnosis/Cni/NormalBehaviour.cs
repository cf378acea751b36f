// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>What looks like a fault and is how a program works.</summary>
[Flags]
internal enum NormalBehaviour
{
    None = 0,

    /// <summary>No keepalive: an idle pair has an old handshake or none.</summary>
    SilentWhenIdle = 1,

    /// <summary>The device has no address.</summary>
    NoAddress = 2,

    /// <summary>The device is down on some nodes.</summary>
    DownOnSomeNodes = 4,

    /// <summary>Endpoints of relayed peers are local proxies.</summary>
    LoopbackEndpoints = 8,

    /// <summary>A peer without AllowedIPs is left behind after a key change.</summary>
    EmptyPeers = 16,

    /// <summary>No route leads into the device; programs of the kernel redirect to it.</summary>
    NoRoute = 32,

    /// <summary>One peer owns everything.</summary>
    CatchAll = 64,

    /// <summary>AllowedIPs hold link-local addresses.</summary>
    LinkLocalAllowedIps = 128,

    /// <summary>Routes of the type throw for the node's own prefixes.</summary>
    ThrowRoutes = 256,
}
