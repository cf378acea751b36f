// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard;

public sealed class PresharedKeyFingerprintTests
{
    private static readonly string One = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
    private static readonly string Other = Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());

    [Fact]
    public void Of_BothEnds_IsTheSame()
    {
        var key = Enumerable.Repeat((byte)7, 32).ToArray();
        var here = PresharedKeyFingerprint.Of(One, Other, key).ShouldNotBeNull();
        here.Length.ShouldBe(6);
        PresharedKeyFingerprint.Of(Other, One, key).ShouldBe(here);
    }

    [Fact]
    public void Of_AnotherKeyOrAnotherPair_Differs()
    {
        var (key, another) = (Enumerable.Repeat((byte)7, 32).ToArray(), Enumerable.Repeat((byte)8, 32).ToArray());
        PresharedKeyFingerprint.Of(One, Other, another).ShouldNotBe(PresharedKeyFingerprint.Of(One, Other, key));
        // One key on two tunnels does not show.
        PresharedKeyFingerprint.Of(One, Convert.ToBase64String(Enumerable.Repeat((byte)3, 32).ToArray()), key).ShouldNotBe(PresharedKeyFingerprint.Of(One, Other, key));
    }

    [Fact]
    public void Of_NoKeyOrNoOwnKey_IsNothing()
    {
        PresharedKeyFingerprint.Of(One, Other, new byte[32]).ShouldBeNull();
        PresharedKeyFingerprint.Of(null, Other, Enumerable.Repeat((byte)7, 32).ToArray()).ShouldBeNull();
        PresharedKeyFingerprint.Of("not a key", Other, Enumerable.Repeat((byte)7, 32).ToArray()).ShouldBeNull();
        PresharedKeyFingerprint.Of(One, Other, new byte[31]).ShouldBeNull();
    }

    [Fact]
    public void Uapi_PresharedKey_BecomesTheFingerprintAlone()
    {
        const string Private = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
        const string Public = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";
        var parser = new UapiAnswerParser("wg0");
        foreach (var line in new[] { $"private_key={Private}", $"public_key={new string('0', 62)}02", $"preshared_key={string.Concat(Enumerable.Repeat("07", 32))}" })
            parser.Feed(Encoding.ASCII.GetBytes(line));
        parser.Feed("errno=0"u8.ToArray());
        var peer = parser.Device.Peers.ShouldHaveSingleItem();
        peer.HasPresharedKey.ShouldBeTrue();
        peer.PresharedKeyFingerprint.ShouldBe(PresharedKeyFingerprint.Of(Public, peer.PublicKey, Enumerable.Repeat((byte)7, 32).ToArray()).ShouldNotBeNull());
    }
}
