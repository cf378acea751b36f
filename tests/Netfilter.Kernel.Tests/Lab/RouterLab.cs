// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.Netfilter.Kernel.Tests.Interop;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Lab;

/// <summary>
/// A router between a sender and a receiver, each in a namespace of its own. Sender and receiver have no addresses and so send nothing by
/// themselves; what the router itself would send (ICMP errors, resets, answers) a guard chain drops before any other chain of output,
/// so that the counters of rules count only the packets of the test.
/// </summary>
internal sealed class RouterLab : IDisposable
{
    public const string GuardTable = "test-guard";

    private const string Links =
        """
        ip link set lo up
        ip link add in0 type veth peer name s0
        ip link add out0 type veth peer name d0
        ip link set in0 address 02:00:00:00:01:01; ip link set out0 address 02:00:00:00:02:01
        echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/default/rp_filter
        for i in in0 out0; do echo 0 > /proc/sys/net/ipv4/conf/$i/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/$i/send_redirects; echo 0 > /proc/sys/net/ipv6/conf/$i/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/$i/accept_ra; done
        echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding; echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects
        ip link set s0 netns /proc/self/fd/8; ip link set d0 netns /proc/self/fd/9
        ip link set in0 up; ip link set out0 up
        ip addr add 10.1.0.1/24 dev in0; ip addr add 10.1.0.129/32 dev in0; ip addr add 10.2.0.1/24 dev out0
        ip addr add fd00:1::1/64 dev in0 nodad; ip addr add fd00:2::1/64 dev out0 nodad
        for n in 2 3 4 5; do
          ip neigh add 10.1.0.$n lladdr 02:00:00:00:01:02 dev in0 nud permanent; ip neigh add 10.2.0.$n lladdr 02:00:00:00:02:02 dev out0 nud permanent
          ip neigh add fd00:1::$n lladdr 02:00:00:00:01:02 dev in0 nud permanent; ip neigh add fd00:2::$n lladdr 02:00:00:00:02:02 dev out0 nud permanent
        done
        ip route add 10.0.0.0/8 via 10.2.0.2; ip route add 172.16.0.0/12 via 10.2.0.2; ip route add 192.168.0.0/16 via 10.1.0.2
        ip route add 203.0.113.0/24 via 10.2.0.2; ip route add 10.66.0.0/16 via 10.1.0.2; ip route add 100.64.0.0/10 via 10.1.0.2
        ip route add fd00::/16 via fd00:2::2; ip route add fd01::/16 via fd00:1::2; ip route add 2001:db8::/32 via fd00:2::2
        """;

    /// <summary>Drops what the router sends by itself.</summary>
    public const string Guard =
        $$"""
        table inet {{GuardTable}} {
          chain output { type filter hook output priority -1000; meta skuid 0 accept; drop; }
        }
        """;

    private readonly LabNamespace _sender = new();
    private readonly LabNamespace _receiver = new();

    /// <param name="extra">Commands to run in the router at last.</param>
    /// <param name="near">Name of the device towards the sender.</param>
    /// <param name="far">Name of the device towards the receiver.</param>
    public static async Task<RouterLab> CreateAsync(string extra = "", string near = "in0", string far = "out0")
    {
        var lab = new RouterLab(extra, near, far);
        lab.Facts = await lab.CollectAsync();
        lab.Environment = new FactsEnvironment(lab.Facts);
        return lab;
    }

    private RouterLab(string extra, string near, string far)
    {
        (Near, FarName) = (near, far);
        foreach (var place in new[] { _sender, _receiver }) place.Shell("for i in all default; do echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done");
        Router.Shell($"exec 8<{_sender.Path} 9<{_receiver.Path}\n{Links.Replace("in0", near, StringComparison.Ordinal).Replace("out0", far, StringComparison.Ordinal)}\n{extra}");
        _sender.Shell("ip link set s0 up");
        _receiver.Shell("ip link set d0 up");
        // A route over a device without carrier is dead.
        Router.Shell($"for d in {near} {far}; do for n in $(seq 200); do ip -o link show $d | grep -q LOWER_UP && break; sleep 0.02; done; done");
        Router.Shell($"nft -f - <<'END'\n{Guard}\nEND");
        var (wire, end) = (DeviceIndex(_sender, "s0"), DeviceIndex(_receiver, "d0"));
        Wire = _sender.Run(() => RawSocket.Packet(wire, receives: false));
        Far = _receiver.Run(() => RawSocket.Packet(end, receives: false));
        (Tap, Local, Output4, Output6) = Router.Run(() => (
            RawSocket.Packet(0, receives: true),
            new[] { (4, 1), (4, 6), (4, 17), (6, 6), (6, 17), (6, 58) }.Select(entry => (entry.Item1 == 4, RawSocket.Local(entry.Item1 == 4, entry.Item2))).ToArray(),
            RawSocket.Sender(ipv4: true),
            RawSocket.Sender(ipv4: false)));
    }

    public LabNamespace Router { get; } = new();

    /// <summary>Name of the device towards the sender.</summary>
    public string Near { get; }

    /// <summary>Name of the device towards the receiver.</summary>
    public string FarName { get; }

    public NamespaceFacts Facts { get; private set; } = null!;

    public FactsEnvironment Environment { get; private set; } = null!;

    /// <summary>Sends frames to the router's in0.</summary>
    public RawSocket Wire { get; }

    /// <summary>Sends frames to the router's out0.</summary>
    public RawSocket Far { get; }

    /// <summary>All frames of the router.</summary>
    public RawSocket Tap { get; }

    /// <summary>What the router takes itself; with true for IPv4.</summary>
    public (bool Ipv4, RawSocket Socket)[] Local { get; }

    public RawSocket Output4 { get; }

    public RawSocket Output6 { get; }

    /// <summary>A device of the router, with what the facts do not hold of a veth.</summary>
    public PacketInterface Device(string name) => Environment.Device(name)! with { Type = name == "lo" ? (ushort)772 : (ushort)1, Group = 0 };

    /// <summary>Forgets all connections and makes these (lines of conntrack).</summary>
    public void Connect(IReadOnlyList<string> connections)
    {
        Router.Shell("conntrack -F");
        if (connections.Count > 0) Router.Shell($"conntrack --load-file /dev/stdin <<'END'\n{string.Join('\n', connections)}\nEND");
    }

    public void Dispose()
    {
        foreach (var socket in new[] { Wire, Far, Tap, Output4, Output6 }) socket.Dispose();
        foreach (var (_, socket) in Local) socket.Dispose();
        Router.Dispose();
        _sender.Dispose();
        _receiver.Dispose();
    }

    private static int DeviceIndex(LabNamespace place, string name) => int.Parse(place.Shell($"ip -o link show {name} | cut -d: -f1"), System.Globalization.CultureInfo.InvariantCulture);

    private async Task<NamespaceFacts> CollectAsync()
    {
        var request = new CollectionRequest { NodeName = "lab", Observation = TimeSpan.Zero, NamespacePaths = [Router.Path], UapiDirectory = "/nonexistent", ReaderTimeout = TimeSpan.FromMinutes(1) };
        return (await new FactsCollector(TimeProvider.System).CollectAsync(request, CancellationToken.None)).Namespaces[1];
    }
}
