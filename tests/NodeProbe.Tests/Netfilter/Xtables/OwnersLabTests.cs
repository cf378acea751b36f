// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Loads the rule sets of the owners in tests/fixtures/netfilter/iptables into the kernel and reads them back, word for word.</summary>
[Trait("Category", "Lab")]
public sealed class OwnersLabTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "netfilter", "iptables");

    public static TheoryData<string> Owners { get; } = [.. Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path))];

    [SkippableTheory]
    [MemberData(nameof(Owners))]
    public void RulesOfAnOwner_LoadedAndRead_AreThoseOfItsFile(string owner)
    {
        LegacyLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        var folder = Path.Combine(Folder, owner);
        if (File.Exists($"{folder}/ipset")) lab.Shell($"ipset restore < '{folder}/ipset'");
        foreach (var (tool, file, family) in new[] { ("iptables", "rules-v4", NetfilterFamily.Ipv4), ("ip6tables", "rules-v6", NetfilterFamily.Ipv6) })
        {
            if (!File.Exists($"{folder}/{file}")) continue;
            lab.Shell($"{tool}-legacy-restore < '{folder}/{file}'");
            var tables = LegacyLab.ReadTables(lab);
            tables.Unknown.ShouldBe(0);
            Sorted(LegacyLab.Lines(tables.Value!, family, counters: false)).ShouldBe(Sorted(File.ReadAllLines($"{folder}/{file}")));
            LegacyLab.Lines(tables.Value!, family).ShouldBe(LegacyLab.Saved(lab, $"{tool}-legacy-save -c"));
        }
    }

    /// <summary>The kernel has its tables in another order than the files.</summary>
    private static string[] Sorted(IEnumerable<string> lines) => [.. lines.Order(StringComparer.Ordinal)];
}
