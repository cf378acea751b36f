// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Netfilter.Kernel.Tests.Generation;
using KubeWgDiag.Netfilter.Kernel.Tests.Lab;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.Tests.Shared;
using Xunit.Abstractions;

namespace KubeWgDiag.Netfilter.Kernel.Tests;

/// <summary>
/// Rule sets as their owners install them. Addresses, ports and device names are those of the rule set, so that its rules meet them;
/// established connections, new ones and answers are among the packets.
/// </summary>
[Trait("Category", "Lab")]
public sealed partial class OwnerRulesetTests(ITestOutputHelper output)
{
    private const int Packets = 250;
    private const double MostUndetermined = 0.02;

    private static string Folder => Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "netfilter");

    public static TheoryData<string, string> Iptables()
    {
        var data = new TheoryData<string, string>();
        foreach (var folder in Directory.GetDirectories(Path.Combine(Folder, "iptables")).Order())
        {
            data.Add(Path.GetFileName(folder), "legacy");
            data.Add(Path.GetFileName(folder), "nft");
        }

        return data;
    }

    public static TheoryData<string> Nft() => [.. Directory.GetFiles(Folder, "*.nft", SearchOption.AllDirectories).Order().Select(file => Path.GetRelativePath(Folder, file))];

    [SkippableTheory]
    [MemberData(nameof(Iptables))]
    public Task Iptables_AsInstalled_KernelAgrees(string owner, string kind)
    {
        var folder = Path.Combine(Folder, "iptables", owner);
        var rules = File.ReadAllText(Path.Combine(folder, "rules-v4"));
        var sets = Path.Combine(folder, "ipset");
        var sixth = Path.Combine(folder, "rules-v6");
        return RunAsync($"{owner} (iptables-{kind})", rules + (File.Exists(sets) ? File.ReadAllText(sets) : ""), !File.Exists(sixth), lab =>
        {
            if (File.Exists(sets)) lab.Router.Shell($"ipset restore < {sets}");
            lab.Router.Shell($"iptables-{kind}-restore < {folder}/rules-v4");
            if (File.Exists(sixth)) lab.Router.Shell($"ip6tables-{kind}-restore < {sixth}");
        });
    }

    [SkippableTheory]
    [MemberData(nameof(Nft))]
    public Task Nft_AsInstalled_KernelAgrees(string file)
    {
        var path = Path.Combine(Folder, file);
        // The ruleset "nasty" is no owner's: it has one of everything, and names devices that must be there.
        var nasty = file.Contains("nasty", StringComparison.Ordinal);
        return RunAsync(file, File.ReadAllText(path), ipv4Only: false, lab => lab.Router.Shell($"{(nasty ? "ip link add nft0 type veth peer name nft1; " : "")}nft -f {path}"), isOwner: !nasty);
    }

    private async Task RunAsync(string name, string rules, bool ipv4Only, Action<RouterLab> load, bool isOwner = true)
    {
        LabNamespace.SkipIfImpossible();
        var near = !isOwner ? "near9" : Devices().Matches(rules).Select(match => match.Groups["name"].Value.TrimEnd('+', '*')).Where(device => device is not ("lo" or "eth0" or "") && device.Length < 12)
            .GroupBy(device => device).OrderByDescending(group => group.Count()).Select(group => group.Key).FirstOrDefault() ?? "pod0";
        using var lab = await RouterLab.CreateAsync("ip route add default via 10.2.0.2; ip -6 route add default via fd00:2::2", near, "eth0");
        load(lab);
        var random = new Random(7);
        var generator = new PacketGenerator(lab, random, Pool(rules, ipv4Only));
        var packets = Enumerable.Range(0, Packets).Select(_ => generator.Next()).ToList();
        lab.Connect(generator.Connections);
        var comparison = new Comparison(lab);
        comparison.Run(name, packets);
        var share = (double)comparison.Undetermined / comparison.Cases;
        output.WriteLine($"{name}: device {near}; {comparison.Cases} cases, {comparison.Accepted} came through; {comparison.CountedRules} rules counted; undetermined {100 * share:0.0} %; {comparison.Mismatches.Count} differences");
        foreach (var (reason, count) in comparison.Reasons) output.WriteLine($"  undetermined {count}: {reason}");
        comparison.Mismatches.ShouldBeEmpty(string.Join("\n\n", comparison.Mismatches));
        if (isOwner) share.ShouldBeLessThan(MostUndetermined);
    }

    /// <summary>Addresses of the rule set and some others; what the router has for its own stays out.</summary>
    private static PacketPool Pool(string rules, bool ipv4Only)
    {
        var addresses = Addresses().Matches(rules).Select(match => match.Value)
            .Where(text => IpAddr.TryParse(text, out var address) && !address.IsLoopback && !address.IsMulticast && !address.IsUnspecified && !address.IsLinkLocal && (uint)address.Bits >> 28 < 14
                && !text.StartsWith("10.1.0.", StringComparison.Ordinal) && !text.StartsWith("10.2.0.", StringComparison.Ordinal) && !text.StartsWith("255.", StringComparison.Ordinal) && !text.StartsWith("0.", StringComparison.Ordinal))
            // A network's own address is nobody's: take the next one.
            .Select(text => text.EndsWith(".0", StringComparison.Ordinal) ? text[..^1] + "9" : text).Distinct().ToArray();
        var ports = Ports().Matches(rules).Select(match => ushort.TryParse(match.Groups["port"].Value, CultureInfo.InvariantCulture, out var port) ? port : (ushort)0).Where(port => port > 0).Distinct();
        return new PacketPool(["10.1.0.2", .. addresses], ["10.2.0.2", "203.0.113.9", .. addresses], [.. ports, 80, 22, 51820], ipv4Only);
    }

    [GeneratedRegex(@"(?:-i |-o |[io]ifname (?:[!=]= )?(?:\{ )?"")(?<name>[a-z0-9+*]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Devices();

    [GeneratedRegex(@"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Addresses();

    [GeneratedRegex(@"(?:--dports? |dport |tcp:|udp:|th dport |tcp \. )(?<port>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ports();
}
