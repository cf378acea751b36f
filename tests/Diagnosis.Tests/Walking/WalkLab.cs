// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Walking;

namespace KubeWgDiag.Diagnosis.Tests.Walking;

/// <summary>Two namespaces for walks: <c>pod</c> (eth0) behind <c>host</c> (veth in bridge cni0, uplink eth0, tunnel wg0).</summary>
internal sealed class WalkLab
{
    public const string PeerKey = "q80BAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4=";

    public WalkLab()
    {
        Host.Link(1, "lo", loopback: true).Link(2, "eth0", mtu: 1500).Link(3, "cni0", "bridge").Link(4, "veth-pod", "veth", peer: 2, elsewhere: true, master: 3).Link(5, "wg0", "wireguard");
        Host.Address(2, "172.18.0.1").Address(3, "10.244.1.1");
        Host.Route("172.18.0.0/24", "eth0").Route("10.244.1.0/24", "cni0").Route("10.244.2.0/24", "wg0");
        foreach (var device in new[] { "eth0", "cni0", "wg0" }) Host.Sysctls[$"net.ipv4.conf.{device}.forwarding"] = 1;
        Host.Device = new WireGuardDeviceFact
        {
            Name = "wg0",
            Implementation = WireGuardImplementation.Kernel,
            ListenPort = 51820,
            Peers =
            [
                new WireGuardPeerFact
                {
                    PublicKey = PeerKey,
                    Endpoint = new IpEndpoint(IpAddr.Parse("172.18.0.2"), 51820),
                    AllowedIps = [IpPrefix.Parse("10.244.2.0/24")],
                },
            ],
        };
        Pod.Link(1, "lo", loopback: true).Link(2, "eth0", "veth", peer: 4, elsewhere: true);
        Pod.Address(2, "10.244.1.10");
        Pod.Route("0.0.0.0/0", "eth0", via: "10.244.1.1");
    }

    public WalkSpace Host { get; } = new("host");

    public WalkSpace Pod { get; } = new("pod");

    public WalkReport Walk(string from, string to, string? input = null, ushort? port = 443, int? length = null) =>
        new PacketWalker([Host.Build(), Pod.Build()], WalkSpace.Now).Walk(new WalkQuestion
        {
            From = IpAddr.Parse(from),
            To = IpAddr.Parse(to),
            Protocol = 6,
            DestinationPort = port,
            InputInterface = input,
            Length = length,
        });

    /// <summary>A forward chain that calls a chain which drops one TCP port.</summary>
    public static NetfilterFact Drop(string chain, ushort port) => new()
    {
        Tables =
        [
            new NetfilterTable
            {
                Backend = NetfilterBackend.NfTables,
                Family = NetfilterFamily.Ipv4,
                Name = "filter",
                Chains =
                [
                    new NetfilterChain
                    {
                        Name = "FORWARD",
                        Hook = NetfilterHook.Forward,
                        Type = "filter",
                        Policy = NetfilterPolicy.Accept,
                        Rules = [new NetfilterRule { Handle = 3, Expressions = [new VerdictExpression(new Verdict(VerdictKind.Jump, chain))] }],
                    },
                    new NetfilterChain
                    {
                        Name = chain,
                        Rules =
                        [
                            new NetfilterRule
                            {
                                Handle = 4,
                                Expressions =
                                [
                                    new PayloadLoad(0, PayloadBase.Transport, 2, 2),
                                    new Compare(0, CompareOperator.Equal, new HexBytes(new[] { (byte)(port >> 8), (byte)port })),
                                    new VerdictExpression(Verdict.Drop),
                                ],
                            },
                        ],
                    },
                ],
            },
        ],
    };
}
