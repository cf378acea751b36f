// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Tests;

[Trait("Category", "Lab")]
public sealed class FaultTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(25);

    /// <summary>All but the one that takes three minutes to show: the end-to-end tests run it.</summary>
    public static TheoryData<string, Family> Cases()
    {
        var cases = new TheoryData<string, Family>();
        foreach (var fault in FaultCatalogue.All.Where(f => f.NeedsSeconds == 0))
        {
            cases.Add(fault.Name, Family.V4);
            cases.Add(fault.Name, Family.V6);
        }

        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task Fault_InjectedAndHealed_TakesTheTrafficItSaysAndLeavesNoTrace(string name, Family family)
    {
        Skip.If(fixture.Missing is not null, fixture.Missing);
        var lab = fixture.Lab.ShouldNotBeNull();
        var fault = FaultCatalogue.Find(name).ShouldNotBeNull();
        var scene = new FaultScene(lab, family);
        var ct = CancellationToken.None;
        await lab.WaitUntilHealthyAsync(Recovery, ct);
        var before = await LabState.DumpAsync(lab, ct);

        await fault.InjectAsync(scene, ct);
        var broken = await LabState.DumpAsync(lab, ct);
        await ShouldSufferAsync(scene, family == Family.V6 ? fault.SuffersV6 ?? fault.Suffers : fault.Suffers, ct);
        await Fault.HealAsync(scene, ct);

        broken.ShouldNotBe(before);
        ShouldBeSame(await LabState.DumpAsync(lab, ct), before);
        await lab.WaitUntilHealthyAsync(Recovery, ct);
        ShouldBeSame(await LabState.DumpAsync(lab, ct), before);
    }

    private static void ShouldBeSame(string now, string before)
    {
        now.Split('\n').Except(before.Split('\n')).ShouldBeEmpty("added");
        before.Split('\n').Except(now.Split('\n')).ShouldBeEmpty("lost");
    }

    private static async Task ShouldSufferAsync(FaultScene scene, Suffering suffering, CancellationToken ct)
    {
        var pod = AddressPlan.Pod(scene.Family, scene.Second.Number);
        var podToPod = await scene.Lab.PingAsync(scene.Family, scene.Second, ct);
        podToPod.ShouldBe(suffering != Suffering.PodToPod, "ping from the first pod to the second");
        if (suffering == Suffering.HostToPod)
            (await scene.First.RunAsync($"ping -n -c 2 -W 1 {pod}", ct)).Succeeded.ShouldBeFalse("ping from the first node to the second pod");
        if (suffering == Suffering.LargePackets)
            await ShouldNotPassWholeAsync(scene, pod, ct);
    }

    // 1460 bytes fit the tunnel's wrong MTU, and no longer the underlay's once they are wrapped: the kernel's WireGuard sends
    // fragments, wireguard-go asks for no fragmentation and loses them.
    private static async Task ShouldNotPassWholeAsync(FaultScene scene, string pod, CancellationToken ct)
    {
        var large = await scene.First.RunInPodAsync($"ping -n -M do -s {(scene.Family == Family.V4 ? 1432 : 1412)} -c 1 -W 1 {pod}", ct);
        var fragments = await scene.First.DoAsync("awk '$1 == \"Ip6FragCreates\" { print $2 }' /proc/net/snmp6; nstat -az IpFragCreates | awk '/FragCreates/ { print $2 }'", ct);
        (!large.Succeeded || fragments.Split('\n').Any(f => f is not ("" or "0"))).ShouldBeTrue(large.Output);
        large.Error.ShouldNotContain("too long");
    }
}
