// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Measures the memory of the whole process, so nothing may run beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "memory";
}

/// <summary>What reading does to the kernel, and how it bears size.</summary>
[Trait("Category", "Lab")]
[Collection(MemoryCollection.Name)]
public sealed class LegacyReaderLabTests
{
    private const string Lists = "cat /proc/net/ip_tables_names /proc/net/ip6_tables_names";

    [SkippableFact]
    public void EmptyNamespace_Read_GetsNoTable()
    {
        LegacyLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        var before = lab.Shell(Lists);
        LegacyLab.ReadTables(lab).Value.ShouldNotBeNull().ShouldBeEmpty();
        LegacyLab.ReadSets(lab).Value.ShouldNotBeNull().ShouldBeEmpty();
        lab.Shell(Lists).ShouldBe(before);
        before.ShouldBeEmpty();
    }

    [SkippableFact]
    public void OneTable_Read_GetsNoOther()
    {
        LegacyLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        lab.Shell("iptables-legacy -t mangle -P FORWARD DROP");
        LegacyLab.ReadTables(lab).Value.ShouldNotBeNull().ShouldHaveSingleItem().Name.ShouldBe("mangle");
        lab.Shell(Lists).Trim().ShouldBe("mangle");
    }

    [SkippableFact]
    public void BaseChains_HaveHooksAndPrioritiesOfTheKernel()
    {
        LegacyLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        lab.Shell("for t in raw mangle nat filter security; do iptables-legacy -t $t -N U; done; iptables-legacy -P FORWARD DROP");
        var chains = LegacyLab.ReadTables(lab).Value!.SelectMany(table => table.Chains.Where(chain => chain.Hook is not null)
            .Select(chain => $"{table.Name} {chain.Name} {chain.Hook} {chain.Priority} {chain.Type} {chain.Policy}")).Order(StringComparer.Ordinal);
        chains.ShouldBe(
        [
            "filter FORWARD Forward 0 filter Drop", "filter INPUT Input 0 filter Accept", "filter OUTPUT Output 0 filter Accept",
            "mangle FORWARD Forward -150 filter Accept", "mangle INPUT Input -150 filter Accept", "mangle OUTPUT Output -150 route Accept",
            "mangle POSTROUTING Postrouting -150 filter Accept", "mangle PREROUTING Prerouting -150 filter Accept",
            "nat INPUT Input 100 nat Accept", "nat OUTPUT Output -100 nat Accept", "nat POSTROUTING Postrouting 100 nat Accept", "nat PREROUTING Prerouting -100 nat Accept",
            "raw OUTPUT Output -300 filter Accept", "raw PREROUTING Prerouting -300 filter Accept",
            "security FORWARD Forward 50 filter Accept", "security INPUT Input 50 filter Accept", "security OUTPUT Output 50 filter Accept",
        ]);
    }

    [SkippableFact]
    public void Counters_AreAddedUpOverCpus()
    {
        LegacyLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        lab.Shell("ip link set lo up; iptables-legacy -A OUTPUT -p udp -j ACCEPT; for c in 0 1; do for i in 1 2 3; do taskset -c $c sh -c 'echo x > /dev/udp/127.0.0.1/9' 2>/dev/null || taskset -c $c bash -c 'echo x > /dev/udp/127.0.0.1/9'; done; done");
        var rule = LegacyLab.ReadTables(lab).Value!.Single().Chains.Single(chain => chain.Name == "OUTPUT").Rules.ShouldHaveSingleItem();
        rule.Counter.ShouldNotBeNull().Packets.ShouldBe(6ul);
        rule.Counter.Bytes.ShouldBe(6ul * 30);
    }

    [SkippableFact]
    public void ThirtyThousandRules_AreReadFast()
    {
        LegacyLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        const int services = 10_000;
        var file = Path.GetTempFileName();
        try
        {
            using (var writer = new StreamWriter(file))
            {
                writer.WriteLine("*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-MARK-MASQ - [0:0]");
                for (var i = 0; i < services; i++) writer.WriteLine($":KUBE-SEP-{i:D16} - [0:0]");
                for (var i = 0; i < services; i++)
                {
                    var address = $"10.{96 + (i >> 16)}.{i >> 8 & 255}.{i & 255}";
                    writer.WriteLine($"-A KUBE-SERVICES -d {address}/32 -p tcp -m comment --comment \"shop/service-{i}:http cluster IP\" -m tcp --dport 80 -j KUBE-SEP-{i:D16}");
                    writer.WriteLine($"-A KUBE-SEP-{i:D16} -s {address}/32 -m comment --comment \"shop/service-{i}:http\" -j KUBE-MARK-MASQ");
                    writer.WriteLine($"-A KUBE-SEP-{i:D16} -p tcp -m comment --comment \"shop/service-{i}:http\" -m tcp -j DNAT --to-destination {address}:8080");
                }

                writer.WriteLine("COMMIT");
            }

            lab.Shell($"iptables-legacy-restore < {file}");
            LegacyLab.ReadTables(lab);
            var held = GC.GetTotalMemory(forceFullCollection: true);
            var clock = Stopwatch.StartNew();
            var tables = LegacyLab.ReadTables(lab).Value!;
            var took = clock.Elapsed;
            held = GC.GetTotalMemory(forceFullCollection: true) - held;
            tables.Single().Chains.Sum(chain => chain.Rules.Count).ShouldBe(3 * services);
            // Generous, because the machine may do other things; what is meant is that no step is slower than the size.
            took.ShouldBeLessThan(TimeSpan.FromSeconds(3));
            held.ShouldBeLessThan(32 * 1024 * 1024);
            GC.KeepAlive(tables);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
