// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>
/// Where the layers of causes begin, deepest first. A rule's precedence is the start of its layer plus its place in it (0 to 9); a control plane
/// that stands still explains what it did not write, so it comes before the data plane.
/// </summary>
internal static class Precedence
{
    /// <summary>What the control plane published or failed to write.</summary>
    public const int ControlPlane = 0;

    /// <summary>Kernel, module, the device itself.</summary>
    public const int Device = 20;

    /// <summary>The way of the outer packets as this node sees it: routes, neighbours, marks, IPsec.</summary>
    public const int Underlay = 30;

    /// <summary>Keys, endpoints, clocks.</summary>
    public const int Peers = 40;

    /// <summary>Filters and translation of the outer packets.</summary>
    public const int OuterPath = 50;

    /// <summary>Packets that get lost by kind or by size.</summary>
    public const int Data = 60;

    /// <summary>What gives inner packets a wrong source, before AllowedIPs are blamed.</summary>
    public const int Sources = 66;

    /// <summary>Cryptokey routing and routes into the tunnel.</summary>
    public const int Cryptokey = 69;

    /// <summary>What the receiving host does after decryption.</summary>
    public const int Receiver = 80;

    /// <summary>Beyond the far node: pods, hosts, gateways.</summary>
    public const int Beyond = 100;

    /// <summary>Slow, not broken.</summary>
    public const int Performance = 110;

    /// <summary>Symptoms, never the root where anything else is known.</summary>
    public const int Symptoms = 900;
}
