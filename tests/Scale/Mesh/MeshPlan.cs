// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Scale.Mesh;

/// <summary>
/// Names, keys and addresses of a full mesh as Flannel lays it out: every node is a peer of every other, with its /24 of the pod network. Computed, so that
/// any two parts agree on them.
/// </summary>
internal sealed class MeshPlan
{
    public const string Device = "flannel-wg";
    public const ushort Port = 51820;
    private readonly string[] _keys;

    public MeshPlan(int nodes)
    {
        Count = nodes;
        _keys = [.. Enumerable.Range(0, nodes).Select(node => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Name(node)))))];
        Faults = new MeshFaults(nodes);
    }

    /// <summary>Nodes in the mesh.</summary>
    public int Count { get; }

    /// <summary>What is broken in it.</summary>
    public MeshFaults Faults { get; }

    /// <summary>The same names that the server gives its nodes.</summary>
    public static string Name(int node) => string.Create(CultureInfo.InvariantCulture, $"node-{node + 1}");

    /// <summary>The number in a name; -1 when it is not one of these names.</summary>
    public static int Number(string name) =>
        name.StartsWith("node-", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number - 1 : -1;

    public string Key(int node) => _keys[node];

    /// <summary>The node's pods: a /24 of 10.0.0.0/8.</summary>
    public static IpPrefix Pods(int node) => IpPrefix.Parse($"{Address(0x0a000000, (uint)node << 8)}/24");

    /// <summary>An address in the node's /24.</summary>
    public static IpAddr Pod(int node, int host) => Address(0x0a000000, ((uint)node << 8) + (uint)host);

    /// <summary>The node's own address in 172.16.0.0/12.</summary>
    public static IpAddr Underlay(int node) => Address(0xac100000, (uint)node + 256);

    private static IpAddr Address(uint network, uint host) => IpAddr.FromBits(IpFamily.IPv4, network + host);
}
