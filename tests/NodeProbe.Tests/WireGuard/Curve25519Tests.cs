// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard;

public sealed class Curve25519Tests
{
    [Theory]
    // RFC 7748 section 6.1, Alice and Bob.
    [InlineData("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")]
    [InlineData("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")]
    public void DerivePublicKey_KnownPrivateKeys_GivesTheirPublicKeys(string privateKey, string publicKey)
    {
        var result = new byte[32];
        Curve25519.DerivePublicKey(Convert.FromHexString(privateKey), result);
        Convert.ToHexStringLower(result).ShouldBe(publicKey);
    }

    [Fact]
    public void DerivePublicKey_OfNine_IsTheFirstStepOfTheRfcsIteration()
    {
        // RFC 7748 section 5.2 iterates k, u = X25519(k, u), k; its first step has u = 9 and so is the derivation.
        var result = new byte[32];
        var nine = new byte[32];
        nine[0] = 9;
        Curve25519.DerivePublicKey(nine, result);
        Convert.ToHexStringLower(result).ShouldBe("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
}
