// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Output.Redaction;

namespace KubeWgDiag.NodeProbe.Tests.Output.Redaction;

public sealed class AddressPseudonymsTests
{
    private const int Seed = 20261122;

    private readonly AddressPseudonyms _pseudonyms = new(SHA256.HashData("salt"u8));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("ff02::1")]
    public void Of_AddressThatMeansItself_Stays(string text) => _pseudonyms.Of(IpAddr.Parse(text)).ShouldBe(IpAddr.Parse(text));

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("100.64.0.0/10")]
    [InlineData("169.254.0.0/16")]
    [InlineData("172.16.0.0/12")]
    [InlineData("192.168.0.0/16")]
    [InlineData("224.0.0.0/4")]
    [InlineData("2000::/3")]
    [InlineData("fd00::/8")]
    [InlineData("fe80::/64")]
    [InlineData("ff00::/8")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    public void Of_SpecialRange_StaysAndKeepsItsAddressesInside(string text)
    {
        var range = IpPrefix.Parse(text);
        _pseudonyms.Of(range).ShouldBe(range);
        foreach (var address in Addresses(range, 200)) range.Contains(_pseudonyms.Of(address)).ShouldBeTrue($"seed {Seed}: {address} in {range}");
    }

    [Theory]
    [InlineData("8.0.0.0/5")]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.244.0.0/16")]
    [InlineData("2001:db8::/32")]
    [InlineData("fd00:10::/32")]
    public void Of_Pairs_ShareAsManyLeadingBitsAsBefore(string text)
    {
        var all = Addresses(IpPrefix.Parse(text), 60).ToList();
        foreach (var first in all)
        {
            foreach (var second in all.Where(a => !IsFixed(a) && !IsFixed(first)))
                Shared(_pseudonyms.Of(first), _pseudonyms.Of(second)).ShouldBe(Shared(first, second), $"seed {Seed}: {first} and {second}");
        }
    }

    [Fact]
    public void Of_Prefixes_ContainWhatTheyContained()
    {
        foreach (var address in Addresses(IpPrefix.Parse("0.0.0.0/0"), 50).Concat(Addresses(IpPrefix.Parse("2000::/3"), 50)).Where(a => !IsFixed(a)))
        {
            for (var length = 0; length <= address.Width; length++)
            {
                IpPrefix.TryCreate(address, length, out var prefix).ShouldBeTrue();
                var mapped = _pseudonyms.Of(prefix);
                mapped.Length.ShouldBe(length);
                mapped.Contains(_pseudonyms.Of(address)).ShouldBeTrue($"seed {Seed}: {address} in {prefix}");
            }
        }
    }

    [Fact]
    public void Of_OrdinaryAddress_IsNeverItself()
    {
        foreach (var range in new[] { "0.0.0.0/0", "10.0.0.0/8", "192.168.0.0/16", "2000::/3", "fd00::/8", "fe80::/64" })
        {
            foreach (var address in Addresses(IpPrefix.Parse(range), 300).Where(a => !IsFixed(a)))
                _pseudonyms.Of(address).ShouldNotBe(address, $"seed {Seed}");
        }
    }

    [Fact]
    public void Of_OtherSalt_IsAnother()
    {
        var address = IpAddr.Parse("10.244.17.35");
        new AddressPseudonyms(SHA256.HashData("other"u8)).Of(address).ShouldNotBe(_pseudonyms.Of(address));
        new AddressPseudonyms(SHA256.HashData("salt"u8)).Of(address).ShouldBe(_pseudonyms.Of(address));
    }

    private static bool IsFixed(IpAddr address) =>
        new[] { "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/8", "255.255.255.255/32", "::/127", "ff00::/12" }.Any(range => IpPrefix.Parse(range).Contains(address));

    private static int Shared(IpAddr first, IpAddr second)
    {
        var difference = first.Bits ^ second.Bits;
        return (int)UInt128.LeadingZeroCount(difference) - (128 - first.Width);
    }

    private static IEnumerable<IpAddr> Addresses(IpPrefix range, int count)
    {
        var random = new Random(Seed);
        var free = range.Network.Width - range.Length;
        for (var i = 0; i < count; i++)
        {
            var bits = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64() ^ ((ulong)random.Next() << 40));
            // A random number of high bits is zero, so that near neighbours are among them.
            bits = (free == 0 ? UInt128.Zero : bits & ((UInt128.One << (free - 1) << 1) - UInt128.One)) >> random.Next(free / 2 + 1);
            yield return IpAddr.FromBits(range.Family, range.Network.Bits | bits);
        }
    }
}
