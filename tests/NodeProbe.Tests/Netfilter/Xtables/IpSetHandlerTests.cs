// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netfilter.IpSets;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Messages of IPSET_CMD_LIST by hand, little endian host.</summary>
public sealed class IpSetHandlerTests
{
    private const string Header = "02000000";

    // name "s", type "hash:ip", revision 6, family IPv4, data { }
    private const string First = Header + "0600 0200 7300 0000" + "0c00 0300 686173683a697000" + "0500 0400 06000000" + "0500 0500 02000000" + "0400 0780";

    // ADT { DATA { IP { IPV4 10.0.0.1 } }, DATA { IP { IPV4 10.0.0.2 }, TIMEOUT 9 } }
    private const string Elements = "2800 0880" + "1000 0780" + "0c00 0180" + "0800 0140 0a000001" + "1400 0780" + "0c00 0180" + "0800 0140 0a000002";
    private const string Named = Header + "0600 0200 7300 0000";

    [Fact]
    public void SetOverSeveralMessages_IsOneSet()
    {
        var handler = Handle(100, First + OneElement("0a000001"), Named + OneElement("0a000002"), Named + OneElement("0a000003"));
        var set = handler.Complete().ShouldHaveSingleItem();
        (set.Name, set.Type, set.Family, set.Revision, set.Incomplete).ShouldBe(("s", "hash:ip", NetfilterFamily.Ipv4, (byte)6, false));
        set.Elements.Select(element => element.First.ToString()).ShouldBe(["10.0.0.1/32", "10.0.0.2/32", "10.0.0.3/32"]);
        handler.Unknown.ShouldBe(0);
    }

    [Fact]
    public void MoreElementsThanTheLimit_AreCountedAndSaid()
    {
        var handler = Handle(1, First + OneElement("0a000001"), Named + OneElement("0a000002"), Named + OneElement("0a000003"));
        var set = handler.Complete().ShouldHaveSingleItem();
        set.Elements.Count.ShouldBe(1);
        set.Incomplete.ShouldBeTrue();
        handler.Dropped.ShouldBe(2);
    }

    [Fact]
    public void ElementWithAnUnknownAttribute_MakesTheSetIncomplete()
    {
        // Attribute 63 is of a kernel to come and may decide.
        var handler = Handle(10, First + "1800 0880" + "1400 0780" + "0c00 0180" + "0800 0140 0a000001" + "0400 3f00");
        var set = handler.Complete().ShouldHaveSingleItem();
        set.Incomplete.ShouldBeTrue();
        set.Elements.ShouldBeEmpty();
        handler.Unknown.ShouldBe(1);
    }

    [Fact]
    public void ReadingAgain_ForgetsWhatCameBefore()
    {
        var handler = Handle(10, First + OneElement("0a000001"));
        handler.Begin();
        handler.Complete().ShouldBeEmpty();
    }

    [Fact]
    public void PrefixesAndMutations_NeverThrow()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        var whole = Bytes(First + Elements);
        for (var length = 0; length <= whole.Length; length++) Handle(10, whole[..length]).Complete();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = whole.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(random.Next(2) == 0 ? 256 : 32);
            foreach (var set in Handle(10, bytes).Complete()) set.Elements.Count.ShouldBeLessThanOrEqualTo(10, $"seed {seed} round {round}");
        }
    }

    private static string OneElement(string address) => "1400 0880" + "1000 0780" + "0c00 0180" + "0800 0140 " + address;

    private static IpSetHandler Handle(int limit, params string[] messages) => Handle(limit, [.. messages.Select(Bytes)]);

    private static IpSetHandler Handle(int limit, params byte[][] messages)
    {
        var handler = new IpSetHandler(limit);
        handler.Begin();
        foreach (var message in messages) handler.Handle(new NetlinkMessage { Type = IpSetMessages.List, Flags = 2, Sequence = 1, Payload = message });
        return handler;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
}
