// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard;

public sealed class UapiAnswerParserTests
{
    // The private key of RFC 7748 section 6.1 (Alice); no key of any machine.
    private const string PrivateHex = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    private const string PublicBase64 = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";
    private static readonly string PeerHex = new('b', 64);

    [Fact]
    public void Feed_WholeAnswer_GivesTheDevice()
    {
        var parser = new UapiAnswerParser("wg0");
        Feed(parser, $"""
            private_key={PrivateHex}
            listen_port=51820
            fwmark=51820
            public_key={PeerHex}
            preshared_key={new string('0', 64)}
            protocol_version=1
            endpoint=192.0.2.9:4500
            last_handshake_time_sec=1700000000
            last_handshake_time_nsec=0
            tx_bytes=2000
            rx_bytes=1000
            persistent_keepalive_interval=25
            allowed_ip=10.244.1.0/24
            allowed_ip=fd00::5/128
            public_key={new string('c', 64)}
            preshared_key={new string('d', 64)}
            endpoint=[fe80::1%eth0]:51820
            errno=0

            """).ShouldBe(UapiLineResult.Complete);

        var device = parser.Device;
        parser.Unknown.ShouldBe(0);
        device.PublicKey.ShouldBe(PublicBase64);
        device.ListenPort.ShouldBe((ushort)51820);
        device.FirewallMark.ShouldBe(51820u);
        var first = device.Peers[0];
        first.HasPresharedKey.ShouldBeFalse();
        first.Endpoint.ShouldBe(new IpEndpoint(IpAddr.Parse("192.0.2.9"), 4500));
        first.LastHandshake.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)); // nanoseconds of 0 are a time as well
        first.Received.Value.ShouldBe(1000ul);
        first.Sent.Value.ShouldBe(2000ul);
        first.PersistentKeepalive.ShouldBe((ushort)25);
        first.AllowedIps.ShouldBe([IpPrefix.Parse("10.244.1.0/24"), IpPrefix.Parse("fd00::5/128")]);
        device.Peers[1].HasPresharedKey.ShouldBeTrue();
        device.Peers[1].LastHandshake.ShouldBeNull();
        device.Peers[1].Endpoint.ShouldBe(new IpEndpoint(IpAddr.Parse("fe80::1"), 51820));
    }

    [Theory]
    [InlineData("private_key=" + PrivateHex)]
    [InlineData("preshared_key=" + PrivateHex)]
    [InlineData("private_key=not-hex-at-all")]
    public void Feed_SecretLine_IsOverwrittenInTheBuffer(string line)
    {
        var bytes = Encoding.ASCII.GetBytes(line);
        new UapiAnswerParser("wg0").Feed(bytes);
        bytes.AsSpan(line.IndexOf('=', StringComparison.Ordinal) + 1).ToArray().ShouldAllBe(b => b == 0);

        var ofPeer = Encoding.ASCII.GetBytes(line);
        var parser = new UapiAnswerParser("wg0");
        Feed(parser, $"public_key={PeerHex}");
        parser.Feed(ofPeer);
        ofPeer.AsSpan(line.IndexOf('=', StringComparison.Ordinal) + 1).ToArray().ShouldAllBe(b => b == 0);
    }

    [Theory]
    [InlineData("some_new_key=1")]
    [InlineData("some_new_key=a=b=c")] // a second '=' belongs to the value
    [InlineData("listen_port=99999")]
    [InlineData("listen_port=51820x")]
    [InlineData("fwmark=-1")]
    [InlineData("private_key=77")]
    public void Feed_UnknownKeyOrBadValue_IsCountedAndTheRestIsRead(string line)
    {
        var parser = new UapiAnswerParser("wg0");
        Feed(parser, $"{line}\npublic_key={PeerHex}\nerrno=0\n\n").ShouldBe(UapiLineResult.Complete);
        parser.Unknown.ShouldBe(1);
        parser.Device.Peers.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("endpoint=192.0.2.9")]
    [InlineData("endpoint=host.example:51820")]
    [InlineData("endpoint=192.0.2.9:4500=x")]
    [InlineData("allowed_ip=10.0.0.0/33")]
    [InlineData("allowed_ip=::ffff:10.0.0.0/104")]
    [InlineData("rx_bytes=-1")]
    [InlineData("last_handshake_time_sec=x")]
    public void Feed_BadValueOfAPeer_IsCounted(string line)
    {
        var parser = new UapiAnswerParser("wg0");
        Feed(parser, $"public_key={PeerHex}\n{line}\nerrno=0\n\n").ShouldBe(UapiLineResult.Complete);
        parser.Unknown.ShouldBe(1);
    }

    [Theory]
    [InlineData("no separator")]
    [InlineData("=value")]
    [InlineData("public_key=abcd")]
    [InlineData("errno=x")]
    [InlineData("")] // an empty line before errno
    public void Feed_LineThatBreaksTheProtocol_IsMalformed(string line) =>
        new UapiAnswerParser("wg0").Feed(Encoding.ASCII.GetBytes(line)).ShouldBe(UapiLineResult.Malformed);

    [Fact]
    public void Feed_Errno_IsMadePositive()
    {
        var parser = new UapiAnswerParser("wg0");
        Feed(parser, "errno=-5\n\n").ShouldBe(UapiLineResult.Complete);
        parser.Errno.ShouldBe(5);
    }

    [Fact]
    public void Feed_ZeroPrivateKey_IsNoIdentity()
    {
        var parser = new UapiAnswerParser("wg0");
        Feed(parser, $"private_key={new string('0', 64)}\nerrno=0\n\n").ShouldBe(UapiLineResult.Complete);
        parser.Device.PublicKey.ShouldBeNull();
    }

    private static UapiLineResult Feed(UapiAnswerParser parser, string text)
    {
        var result = UapiLineResult.Continue;
        foreach (var line in text.Split('\n'))
        {
            result = parser.Feed(Encoding.ASCII.GetBytes(line));
            if (result != UapiLineResult.Continue) break;
        }

        return result;
    }
}
