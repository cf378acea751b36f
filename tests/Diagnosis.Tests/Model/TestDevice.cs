// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>A WireGuard device that a test may bend.</summary>
internal sealed class TestDevice(TestNode node, string name, int link)
{
    public TestNode Node { get; } = node;

    public string Name { get; set; } = name;

    public int Link { get; } = link;

    public string Key { get; set; } = Keys.Of($"{node.Name}/{name}");

    public ushort Port { get; set; } = 51820;

    public bool Userspace { get; set; }

    public uint Mark { get; set; }
    /// <summary>It has no private key.</summary>
    public bool KeyUnset { get; set; }

    public List<TestPeer> Peers { get; } = [];

    public TestPeer this[TestDevice other] => Peers.Single(peer => peer.Key == other.Key);

    public TestPeer AddPeer(TestDevice other) => AddPeer(other.Key);

    public TestPeer AddPeer(string key)
    {
        var peer = new TestPeer(key);
        Peers.Add(peer);
        return peer;
    }

    public WireGuardDeviceFact ToFact(DateTimeOffset at) => new()
    {
        Name = Name,
        Implementation = Userspace ? WireGuardImplementation.Userspace : WireGuardImplementation.Kernel,
        PublicKey = KeyUnset ? null : Key,
        ListenPort = Port,
        FirewallMark = Mark,
        Peers = [.. Peers.Select(peer => peer.ToFact(at))],
    };
}
