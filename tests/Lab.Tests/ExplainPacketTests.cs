// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Lab.Tests;

/// <summary>Asks the published probe about packets on a node of a real mesh, and the network whether it is right.</summary>
[Trait("Category", "Lab")]
public sealed class ExplainPacketTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    private static readonly string Probe = Path.Combine(RepositoryRoot.Path, "artifacts", "publish", "probe", "kubewgdiag-probe");

    public static TheoryData<Family> Families => [Family.V4, Family.V6];

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public async Task Explain_HealthyMesh_PassesOutAndIn(Family family)
    {
        var node = Node();
        var pods = (Own: AddressPlan.Pod(family, 1), Far: AddressPlan.Pod(family, 2));

        var outward = await node.RunAsync($"{Probe} explain-packet --from {pods.Own} --to {pods.Far} --proto icmp", CancellationToken.None);
        outward.ExitCode.ShouldBe(0, outward.Output + outward.Error);
        outward.Output.ShouldContain("encrypts it for the peer at");
        outward.Output.ShouldContain("leaves by eth0");

        var inward = await node.RunAsync($"{Probe} explain-packet --from {pods.Far} --to {pods.Own} --proto icmp", CancellationToken.None);
        inward.ExitCode.ShouldBe(0, inward.Output + inward.Error);
        inward.Output.ShouldContain("AllowedIPs");
        inward.Output.ShouldContain($"given to whatever listens at {pods.Own}");
    }

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public async Task Explain_RuleThatDrops_IsTheOneThatCounts(Family family)
    {
        var node = Node();
        var ct = CancellationToken.None;
        var (own, far) = (AddressPlan.Pod(family, 1), AddressPlan.Pod(family, 2));
        var (ip, icmp) = family == Family.V4 ? ("ip", "icmp") : ("ip6", "icmpv6");
        await node.DoAsync(
            $$"""
            nft -f - <<'EOF'
            table inet explain {
              chain other { type filter hook forward priority -5; }
              chain away { {{ip}} daddr {{far}} meta l4proto {{icmp}} counter drop; }
              chain forward { type filter hook forward priority 0; {{ip}} saddr {{own}} jump away; }
            }
            EOF
            """,
            ct);
        try
        {
            var answer = await node.RunAsync($"{Probe} explain-packet --from {own} --to {far} --proto icmp", ct);
            answer.ExitCode.ShouldBe(1, answer.Output + answer.Error);
            var handle = (await node.DoAsync("nft -a list chain inet explain away", ct)).Split('\n').Single(line => line.Contains("drop", StringComparison.Ordinal)).Split("# handle ")[1].Trim();
            answer.Output.ShouldContain($"inet explain away handle {handle}: ");

            (await node.RunInPodAsync($"ping -n -c 2 -i 0.3 -W 1 {far}", ct)).Succeeded.ShouldBeFalse();
            (await node.DoAsync("nft list chain inet explain away", ct)).ShouldNotContain("packets 0 ");
            var tcp = await node.RunAsync($"{Probe} explain-packet --from {own} --to {far} --proto tcp --dport 443", ct);
            tcp.ExitCode.ShouldBe(0, tcp.Output + tcp.Error);
        }
        finally
        {
            await node.DoAsync("nft delete table inet explain", ct);
        }
    }

    [SkippableFact]
    public async Task Explain_UnroutableDestination_SaysWhichEntryRefuses()
    {
        var node = Node();
        var ct = CancellationToken.None;
        await node.DoAsync("ip route add prohibit 198.51.100.0/24", ct);
        try
        {
            var answer = await node.RunAsync($"{Probe} explain-packet --from {AddressPlan.Pod(Family.V4, 1)} --to 198.51.100.1", ct);
            answer.ExitCode.ShouldBe(1, answer.Output + answer.Error);
            answer.Output.ShouldContain("198.51.100.1");
        }
        finally
        {
            await node.DoAsync("ip route del prohibit 198.51.100.0/24", ct);
        }
    }

    private LabNode Node()
    {
        Skip.If(fixture.Missing is not null, fixture.Missing);
        Skip.IfNot(File.Exists(Probe), "needs the published probe (make publish)");
        return fixture.Lab.ShouldNotBeNull().Nodes[0];
    }
}
