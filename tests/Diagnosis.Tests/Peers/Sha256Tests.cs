// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using KubeWgDiag.Diagnosis.Peers;

namespace KubeWgDiag.Diagnosis.Tests.Peers;

public sealed class Sha256Tests
{
    private const int Seed = 20261122;

    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void HashData_ExamplesOfTheStandard_AreMet(string text, string expected) => Of(Encoding.ASCII.GetBytes(text)).ShouldBe(expected);

    [Fact]
    public void HashData_EveryLengthAroundTheBlocks_IsThePlatforms()
    {
        var random = new Random(Seed);
        for (var length = 0; length < 300; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Of(bytes).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    private static string Of(byte[] bytes)
    {
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash);
    }
}
