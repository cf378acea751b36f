// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Output.Redaction;

namespace KubeWgDiag.NodeProbe.Tests.Output.Redaction;

public sealed class TextRedactorTests
{
    private static readonly byte[] Salt = SHA256.HashData("salt"u8);
    private readonly Pseudonyms _pseudonyms = new(Salt);
    private readonly TextRedactor _redactor;

    public TextRedactorTests() => _redactor = new TextRedactor(_pseudonyms);

    [Theory]
    [InlineData("peer {0}", "XZpK0jVw3fYVhJ0k1zX1hAq8s0mF5m0E1q2w3e4r5t8=")]
    [InlineData("{0}", "203.0.113.7")]
    [InlineData("via {0}, then", "10.244.1.5")]
    [InlineData("{0}.", "10.244.1.5")]
    [InlineData("{0}:51820", "203.0.113.7")]
    [InlineData("[{0}]:51820", "2001:db8::7")]
    [InlineData("a={0};b", "2001:db8:1:2:3:4:5:6")]
    [InlineData("{0}%eth0", "fe80::a00:27ff:fe4e:66a1")]
    [InlineData("on {0}/64", "2001:db8::7")]
    [InlineData("ip-{0}.ec2.internal", "10-0-17-23")]
    [InlineData("lladdr {0} REACHABLE", "0a:58:0a:f4:01:05")]
    [InlineData("/run/netns/cni-{0}", "1f0c5a7e-51d4-7a3e-0a3f-9c3d1e2f4a5b")]
    [InlineData("id {0}", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Redact_Secret_IsReplacedAndNothingElse(string frame, string secret)
    {
        var parts = frame.Split("{0}");
        var redacted = _redactor.Redact(string.Format(System.Globalization.CultureInfo.InvariantCulture, frame, secret));
        redacted.ShouldNotContain(secret);
        redacted.ShouldStartWith(parts[0]);
        redacted.ShouldEndWith(parts[1]);
        new TextRedactor(new Pseudonyms(Salt)).Redact(string.Format(System.Globalization.CultureInfo.InvariantCulture, frame, secret)).ShouldBe(redacted);
    }

    [Theory]
    [InlineData("6.18.44-fc-v657")]
    [InlineData("net.ipv4.conf.eth0.forwarding")]
    [InlineData("net:[4026532268]")]
    [InlineData("2026-11-22T13:46:57.2027827+00:00")]
    [InlineData("Udp6.InDatagrams")]
    [InlineData("kube::x")]
    [InlineData("cali1234567890a")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("10.0.0.0/8")]
    [InlineData("1.2.3")]
    [InlineData("300.1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("")]
    public void Redact_OtherText_Stays(string text) => _redactor.Redact(text).ShouldBe(text);

    [Fact]
    public void Redact_Key_IsAKeyAgain() =>
        Convert.FromBase64String(_redactor.Redact("XZpK0jVw3fYVhJ0k1zX1hAq8s0mF5m0E1q2w3e4r5t8=")).Length.ShouldBe(32);

    [Fact]
    public void Redact_Prefix_ContainsTheAddress() =>
        IpPrefix.Parse(_redactor.Redact("10.244.1.0/24")).Contains(IpAddr.Parse(_redactor.Redact("10.244.1.5"))).ShouldBeTrue();

    [Fact]
    public void Redact_Mac_KeepsGroupAndLocal()
    {
        _redactor.Redact("0a:58:0a:f4:01:05").ShouldMatch("^[0-9a-f][26ae](:[0-9a-f]{2}){5}$");
        _redactor.Redact("ff:ff:ff:ff:ff:ff").ShouldBe("ff:ff:ff:ff:ff:ff");
        _redactor.Redact("00:00:00:00:00:00").ShouldBe("00:00:00:00:00:00");
    }

    [Fact]
    public void Redact_LearntName_IsReplacedAsAWord()
    {
        _redactor.Learn("worker-1", "node-x");
        _redactor.Redact("worker-1 and worker-12 and my.worker-1: myworker-1").ShouldBe("node-x and worker-12 and my.node-x: myworker-1");
    }

    [Theory]
    [InlineData("0af40105", true)] // 10.244.1.5
    [InlineData("cb007107", true)]
    [InlineData("0af4010501bb0000", true)] // with a port behind it
    [InlineData("20010db8000000000000000000000007", true)]
    [InlineData("0a580af40105", true)] // a MAC
    [InlineData("00004000", false)] // a mark
    [InlineData("06000000", false)] // connection states in host order
    [InlineData("ffffff00", false)]
    [InlineData("01bb0000", false)] // a port
    [InlineData("65746830000000000000000000000000", false)] // eth0
    public void Redact_Hex_ReplacesWhatCanBeAnAddress(string hex, bool replaced)
    {
        HexRedactor.IsHex(hex).ShouldBeTrue();
        var redacted = new HexRedactor(_pseudonyms).Redact(hex);
        redacted.Length.ShouldBe(hex.Length);
        (redacted != hex).ShouldBe(replaced);
    }

    [Fact]
    public void Redact_HexAddress_IsTheSameAsTheText() =>
        new HexRedactor(_pseudonyms).Redact("0af40105").ShouldBe(Hex(_pseudonyms.Addresses.Of(IpAddr.Parse("10.244.1.5"))));

    private static string Hex(IpAddr address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return Convert.ToHexStringLower(bytes[..address.WriteNetworkBytes(bytes)]);
    }
}
