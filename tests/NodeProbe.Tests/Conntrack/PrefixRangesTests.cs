// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Conntrack;

namespace KubeWgDiag.NodeProbe.Tests.Conntrack;

public sealed class PrefixRangesTests
{
    private const int Seed = 20260;

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void Contains_RandomPrefixes_SaysWhatThePrefixesSay(IpFamily family)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 60; round++)
        {
            IpPrefix[] prefixes = [.. Enumerable.Range(0, random.Next(0, 30)).Select(_ => Prefix(random, family))];
            var ranges = new PrefixRanges(family, prefixes);
            foreach (var address in prefixes.SelectMany(Edges).Append(Address(random, family)))
            {
                ranges.Contains((ulong)(address.Bits >> 64), (ulong)address.Bits)
                    .ShouldBe(Array.Exists(prefixes, prefix => prefix.Contains(address)), $"seed {Seed}, round {round}: {address} in {string.Join(' ', prefixes)}");
            }
        }
    }

    private static IEnumerable<IpAddr> Edges(IpPrefix prefix)
    {
        var size = prefix.Length == 0 ? UInt128.Zero : UInt128.One << (prefix.Network.Width - prefix.Length);
        foreach (var bits in new[] { prefix.Network.Bits, prefix.Network.Bits - 1, prefix.Network.Bits + size - 1, prefix.Network.Bits + size })
            yield return IpAddr.FromBits(prefix.Family, bits);
    }

    private static IpPrefix Prefix(Random random, IpFamily family)
    {
        var address = Address(random, family);
        IpPrefix.TryCreate(address, random.Next(random.Next(3) == 0 ? 0 : 8, address.Width + 1), out var prefix).ShouldBeTrue();
        return prefix;
    }

    // Few high bytes, so that prefixes nest and touch.
    private static IpAddr Address(Random random, IpFamily family)
    {
        var bits = ((UInt128)(uint)random.Next() << 96) | ((UInt128)(uint)random.Next() << 64) | ((UInt128)(uint)random.Next() << 32) | (uint)random.Next();
        return family == IpFamily.IPv4
            ? IpAddr.FromBits(family, ((uint)bits & 0x0003ffff) | 0x0af40000u)
            : IpAddr.FromBits(family, (bits & (UInt128.MaxValue >> 30)) | ((UInt128)0xfd000000u << 96));
    }
}
