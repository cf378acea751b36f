// SPDX-License-Identifier: Apache-2.0

using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Commands;
using KubeWgDiag.NodeProbe.Counters;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.WireGuard;
using KubeWgDiag.Tests.Shared;
using Xunit.Abstractions;

namespace KubeWgDiag.NodeProbe.Tests.Fuzzing;

/// <summary>Every parser of text over changed real inputs: it ends, with a result or a refusal, and never with an exception.</summary>
public sealed class TextFuzzTests(ITestOutputHelper output)
{
    private const int MaxBytes = 1 << 20;

    private static readonly (string Name, byte[] Sample, Action<byte[]> Parse)[] Parsers =
    [
        ("UAPI answer", Bytes("""
            private_key=e84b5a6d2717c1003a13b431570353dbaca9146cf150c5f8575680feba52027a
            listen_port=12912
            fwmark=51820
            public_key=b85996fecc9c7f1fc6d2572a76eda11d59bcd20be8e543b15ce4bd85a8e75a33
            preshared_key=188515093e952f5f22e865cef3012e72f8b5f0b598ac0309d5dacce3b70fcf52
            protocol_version=1
            endpoint=[abcd:23::33%2]:51820
            last_handshake_time_sec=1700000000
            last_handshake_time_nsec=5
            tx_bytes=38333
            rx_bytes=2224
            persistent_keepalive_interval=25
            allowed_ip=192.168.4.4/32
            allowed_ip=fd00::/8
            public_key=58402e695ba1772b1cc9309755f043251ea77fdcf10fbe63989ceb7e19321376
            endpoint=182.122.22.19:3233
            errno=0


            """), FeedUapi),
        ("snmp", Bytes("Ip: Forwarding DefaultTTL InReceives InAddrErrors\nIp: 1 64 4096 7\nTcp: RtoAlgorithm MaxConn RetransSegs\nTcp: 1 -1 8\nUdp: InDatagrams NoPorts\nUdp: 18446744073709551615 5\n"), ParseSnmp),
        ("snmp6", Bytes("Ip6InReceives                   \t44\nIcmp6InMsgs                     \t2\nUdp6NoPorts                     \t1\nUdpLite6InDatagrams\t9\n"), ParseSnmp6),
        ("cgroup", Bytes("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0123abcd_4567_89ab_cdef_0123456789ab.slice/cri-containerd-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\n12:cpu:/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"), bytes => CgroupOwner.Parse(Encoding.UTF8.GetString(bytes))),
        ("facts", File.ReadAllBytes(Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "docs", "examples", "facts"), "*.json").Order(StringComparer.Ordinal).First()), ParseFacts),
    ];

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Parsers_ChangedTexts_EndWithAResult()
    {
        using var watchdog = new Watchdog();
        var each = (int)(FuzzSettings.Messages / 50);
        foreach (var ((name, sample, parse), salt) in Parsers.Select((parser, n) => (parser, 1_000_000 + n)))
        {
            var property = Prop.ForAll(Mutation.Several, mutations =>
            {
                watchdog.Begin(() => $"{name}: {string.Join(' ', (IEnumerable<Mutation>)mutations)}");
                parse(mutations.Aggregate(sample, (input, mutation) => mutation.Apply(input, sample, MaxBytes)));
            });
            Check.One(FuzzSettings.For(each, salt), property);
        }

        output.WriteLine($"fuzz: {each} changed texts through each of {Parsers.Length} parsers, seed {FuzzSettings.Seed}: no exception, no hang");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static void FeedUapi(byte[] bytes)
    {
        var parser = new UapiAnswerParser("wg0");
        var result = UapiLineResult.Continue;
        foreach (var range in bytes.AsSpan().Split((byte)'\n'))
        {
            if (result == UapiLineResult.Continue) result = parser.Feed(bytes.AsSpan()[range]);
        }

        Enum.IsDefined(result).ShouldBeTrue();
        parser.Device.Peers.ShouldAllBe(peer => peer.PublicKey.Length == 44);
    }

    private static void ParseSnmp(byte[] bytes)
    {
        var unknown = 0;
        SnmpTable.Parse(Encoding.UTF8.GetString(bytes), new Dictionary<string, Counter>(StringComparer.Ordinal), ref unknown);
    }

    private static void ParseSnmp6(byte[] bytes)
    {
        var unknown = 0;
        Snmp6Table.Parse(Encoding.UTF8.GetString(bytes), new Dictionary<string, Counter>(StringComparer.Ordinal), ref unknown);
    }

    private static void ParseFacts(byte[] bytes)
    {
        // Refused with a reason, or accepted: then what the engine relies on is there.
        if (!FactsParser.TryParse(bytes, out var nodes, out var problem)) problem.Reason.ShouldNotBeEmpty();
        else nodes.ShouldAllBe(node => node.Node.Length > 0);
    }
}
