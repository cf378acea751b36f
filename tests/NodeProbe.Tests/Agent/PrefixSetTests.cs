// SPDX-License-Identifier: Apache-2.0

using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Agent;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

public sealed class PrefixSetTests
{
    [Property(MaxTest = 500)]
    public Property Overlaps_AnySetAndPrefix_AgreesWithAskingEach()
    {
        // A narrow range of addresses, or nothing would ever overlap.
        var prefixes =
            from family in Gen.Elements(IpFamily.IPv4, IpFamily.IPv6)
            from bits in Gen.Choose(0, 255)
            from length in Gen.Choose(0, 8)
            select Prefix(family, (uint)bits, length);
        var sets = Gen.Choose(0, 6).SelectMany(n => prefixes.ArrayOf(n));
        return Prop.ForAll(Arb.From(sets), Arb.From(prefixes), (set, asked) => new PrefixSet(set).Overlaps(asked) == set.Any(p => p.Overlaps(asked)));
    }

    private static IpPrefix Prefix(IpFamily family, uint bits, int length)
    {
        var width = family == IpFamily.IPv4 ? 32 : 128;
        var address = IpAddr.FromBits(family, (UInt128)bits << (width - 8));
        return IpPrefix.TryCreate(address, length, out var prefix) ? prefix : throw new InvalidOperationException();
    }
}
