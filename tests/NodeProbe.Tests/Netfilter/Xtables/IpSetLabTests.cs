// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Holds the reader of ipsets against <c>ipset save</c>, for every type of set that this kernel has.</summary>
[Trait("Category", "Lab")]
public sealed class IpSetLabTests
{
    private static readonly Dictionary<string, string[]> Sets = new()
    {
        ["hash:ip"] = ["10.0.0.1", "10.0.0.255"],
        ["hash:ip family inet6"] = ["fd00::1", "2001:db8::ff"],
        ["hash:ip netmask 24 timeout 100"] = ["10.1.2.0 timeout 90", "10.2.0.0 timeout 0"],
        ["hash:net counters comment"] = ["10.0.0.0/8 packets 5 bytes 600 comment \"ten \u00e4\"", "10.1.0.0/16 nomatch packets 0 bytes 0"],
        ["hash:net family inet6"] = ["fd00::/8", "fd00:1::/32 nomatch"],
        ["hash:ip,port"] = ["10.0.0.1,tcp:80", "10.0.0.1,udp:53", "10.0.0.1,sctp:7", "10.0.0.2,icmp:8/0", "10.0.0.3,gre:0"],
        ["hash:ip,port,ip"] = ["10.0.0.1,tcp:80,10.0.0.9", "10.0.0.2,udp:65535,10.0.0.8"],
        ["hash:ip,port,net"] = ["10.0.0.1,tcp:80,198.51.100.0/24", "10.0.0.1,tcp:81,198.51.100.7 nomatch"],
        ["hash:ip,mark"] = ["10.0.0.1,0x0000000a"],
        ["hash:ip,mac"] = ["10.0.0.1,02:00:00:00:00:01"],
        ["hash:mac"] = ["02:00:00:00:00:01"],
        ["hash:net,port"] = ["10.0.0.0/8,tcp:80", "10.0.0.1,udp:1"],
        ["hash:net,net"] = ["10.0.0.0/8,192.0.2.0/24", "10.0.0.1,192.0.2.1 nomatch"],
        ["hash:net,port,net"] = ["10.0.0.0/8,tcp:80,192.0.2.0/24"],
        ["hash:net,iface"] = ["10.0.0.0/8,eth0", "10.1.0.0/16,physdev:veth1 nomatch", "0.0.0.0/0,wg0"],
        ["bitmap:ip range 10.0.0.0-10.0.1.255"] = ["10.0.0.1", "10.0.1.7"],
        ["bitmap:ip range 10.0.0.0/8 netmask 24"] = ["10.1.2.0", "10.255.255.0"],
        ["bitmap:ip,mac range 10.0.0.0/24"] = ["10.0.0.1,02:00:00:00:00:01"],
        ["bitmap:port range 0-65535"] = ["0", "80", "65535"],
        ["bitmap:port range 30000-32767 timeout 0"] = ["30080 timeout 0"],
    };

    [SkippableFact]
    public void SetsOfEveryType_AreThoseOfTheTool()
    {
        LegacyLab.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/sbin/ipset"), "needs ipset");
        using var lab = new LabNamespace();
        var made = Create(lab);
        made.Count.ShouldBeGreaterThan(12);
        lab.Shell($"ipset create members list:set; {string.Join(';', made.Take(3).Select(name => $"ipset add members {name}"))}");
        var read = LegacyLab.ReadSets(lab);
        read.Unknown.ShouldBe(0);
        var sets = read.Value.ShouldNotBeNull();
        var saved = LegacyLab.Saved(lab, "ipset save").ToLookup(line => line.Split(' ')[1]);
        sets.Select(set => set.Name).Order(StringComparer.Ordinal).ShouldBe(saved.Select(group => group.Key).Order(StringComparer.Ordinal));
        foreach (var set in sets)
        {
            set.Incomplete.ShouldBeFalse(set.Name);
            saved[set.Name].First().ShouldStartWith($"create {set.Name} {set.Type} ");
            var expected = saved[set.Name].Skip(1).Select(line => line.Replace($"add {set.Name} ", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            set.Elements.Select(element => ElementText(set, element)).Order(StringComparer.Ordinal).ShouldBe(expected, set.Type);
        }

        sets.Select(set => set.Index).ShouldBe(sets.Select(set => set.Index).Distinct());
        sets.ShouldAllBe(set => set.Index != null);
    }

    private static List<string> Create(LabNamespace lab)
    {
        var made = new List<string>();
        foreach (var ((type, elements), number) in Sets.Select((set, number) => (set, number)))
        {
            var name = $"s{number}";
            // The types of sets that a kernel has are its own affair; the elements of one that it has are not.
            if (lab.Shell($"ipset create {name} {type} 2>/dev/null && echo made || true").Trim() != "made") continue;
            made.Add(name);
            foreach (var element in elements) lab.Shell($"ipset add {name} {element}");
        }

        return made;
    }

    /// <summary>The element in the words of the tool.</summary>
    private static string ElementText(IpSet set, IpSetElement element)
    {
        var parts = new List<string>();
        if (element.First is { } first) parts.Add(first.IsHost ? first.Network.ToString() : first.ToString());
        if (element.Mac is { } mac) parts.Add(string.Join(':', mac.Memory.ToArray().Select(b => b.ToString("X2", CultureInfo.InvariantCulture))));
        if (element.Port is { } port) parts.Add(PortText(element.Protocol, port));
        if (element.Mark is { } mark) parts.Add($"0x{mark:x8}");
        if (element.Second is { } second) parts.Add(second.IsHost ? second.Network.ToString() : second.ToString());
        if (element.Interface is { } device) parts.Add(element.PhysicalInterface ? $"physdev:{device}" : device);
        if (element.Set is { } member) parts.Add(member);
        var text = string.Join(',', parts);
        if (set.TimeoutSeconds is not null) text += $" timeout {element.TimeoutSeconds}";
        if (element.NoMatch) text += " nomatch";
        if (element.Counter is { } counter) text += $" packets {counter.Packets} bytes {counter.Bytes}";
        if (element.Comment is { } comment) text += $" comment \"{comment}\"";
        return text;
    }

    private static string PortText(byte? protocol, ushort port) => protocol switch
    {
        null => port.ToString(CultureInfo.InvariantCulture),
        1 => $"icmp:{(port == 0x800 ? "echo-request" : $"{port >> 8}/{port & 255}")}",
        6 => $"tcp:{port}",
        17 => $"udp:{port}",
        132 => $"sctp:{port}",
        47 => $"gre:{port}",
        _ => $"{protocol}:{port}",
    };
}
