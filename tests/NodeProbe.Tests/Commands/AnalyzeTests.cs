// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Output;
using KubeWgDiag.NodeProbe.Tests.Agent;
using KubeWgDiag.NodeProbe.Tests.Output;

namespace KubeWgDiag.NodeProbe.Tests.Commands;

/// <summary>Commands with the real engine behind them.</summary>
public sealed class AnalyzeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubewgdiag-");

    [Fact]
    public async Task Analyze_FilesInAnyOrder_GiveTheSameText()
    {
        var a = Write("a.json", FactsText.Of(Healthy("node-a")));
        var b = Write("b.json", $"[{FactsText.Of(Healthy("node-b"))}]");
        var (first, second) = (new TestHost(), new TestHost());
        var code = await first.RunAsync("analyze", a, b);
        (await second.RunAsync("analyze", b, a)).ShouldBe(code);
        second.Out.ShouldBe(first.Out);
        first.Out.ShouldContain("node node-a: 1 WireGuard device");
        first.Out.ShouldContain("node node-b: 1 WireGuard device");
    }

    [Fact]
    public async Task Analyze_SameNodeTwice_IsRefused()
    {
        var file = Write("a.json", FactsText.Of(Healthy("node-a")));
        var host = new TestHost();
        (await host.RunAsync("analyze", file, file)).ShouldBe(2);
        host.Error.ShouldContain("node 'node-a' is already in");
    }

    [Fact]
    public async Task Analyze_BrokenFileAmongGoodOnes_IsRefusedWithItsNameAndLine()
    {
        var good = Write("a.json", FactsText.Of(Healthy("node-a")));
        var bad = Write("b.json", "{\n  \"node\": \"b\",\n");
        var host = new TestHost();
        (await host.RunAsync("analyze", good, bad)).ShouldBe(2);
        host.Error.ShouldStartWith($"kubewgdiag-probe: {bad}:3: ");
        host.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_DeviceDown_IsAFinding()
    {
        var facts = Healthy("node-a");
        var space = facts.Namespaces[0];
        var links = space.Links with { Value = [.. space.Links.Value!.Select(l => l.Name == "wg0" ? l with { Up = false, LowerUp = false } : l)] };
        var host = new TestHost(new FakeCollector(facts with { Namespaces = [space with { Links = links }] }));
        (await host.RunAsync("check", "-o", "json", "--observe", "0")).ShouldBe(1);
        host.Out.ShouldContain("\"code\": \"WG-IFACE-DOWN\"");
    }

    [Fact]
    public async Task Check_HealthyNode_IsZero()
    {
        var host = new TestHost(new FakeCollector(Healthy("node-a")));
        (await host.RunAsync("check", "--observe", "0")).ShouldBe(0, host.Out);
    }

    [Fact]
    public async Task Check_NoDevice_SaysSoAndIsZero()
    {
        var space = SampleFacts.Namespace();
        space = space with { Links = space.Links with { Value = [.. space.Links.Value!.Where(l => l.Name != "wg0")] } };
        var host = new TestHost(new FakeCollector(SampleFacts.Node("node-a", space)));
        (await host.RunAsync("check", "--observe", "0")).ShouldBe(0);
        host.Out.ShouldContain("no WireGuard device found");
    }

    [Fact]
    public async Task Check_WireGuardNotPermitted_IsTwo()
    {
        var space = SampleFacts.Namespace() with { KernelWireGuard = SampleFacts.Missing<IReadOnlyList<WireGuardDeviceFact>>(NotAvailableReason.NotPermitted, "CAP_NET_ADMIN is needed") };
        var host = new TestHost(new FakeCollector(SampleFacts.Node("node-a", space)));
        (await host.RunAsync("check", "--observe", "0")).ShouldBe(2);
        host.Out.ShouldContain("CAP_NET_ADMIN is needed");
    }

    [Fact]
    public async Task Facts_HostNamespaceUnreadable_PrintsThemAndIsTwo()
    {
        var space = SampleFacts.Namespace() with { Links = SampleFacts.Missing<IReadOnlyList<LinkFact>>(NotAvailableReason.TimedOut, "no answer within 5 s") };
        var host = new TestHost(new FakeCollector(SampleFacts.Node("node-a", space)));
        (await host.RunAsync("facts")).ShouldBe(2);
        host.Out.ShouldStartWith("{\n  \"version\": \"facts.kubewgdiag.io/v1\"");
        host.Error.ShouldContain("no answer within 5 s");
    }

    [Fact]
    public async Task Check_Options_ReachTheCollector()
    {
        var collector = new FakeCollector(Healthy("x"));
        await new TestHost(collector).RunAsync("check", "--observe", "0", "--interface", "wg*", "--interface", "x?", "--uapi-dir", _folder.FullName, "--node", "n1");
        var request = collector.Requests.ShouldHaveSingleItem();
        (request.NodeName, request.Observation, request.UapiDirectory).ShouldBe(("n1", TimeSpan.Zero, _folder.FullName));
        new[] { "wg5", "x1", "eth0" }.Select(request.DeviceFilter).ShouldBe([true, true, false]);
    }

    [Fact]
    public async Task Check_NoOptions_ObservesThisHostForEightSeconds()
    {
        var collector = new FakeCollector(Healthy("x"));
        await new TestHost(collector).RunAsync("check");
        var request = collector.Requests.ShouldHaveSingleItem();
        (request.NodeName, request.Observation, request.UapiDirectory).ShouldBe(("this-host", TimeSpan.FromSeconds(8), "/var/run/wireguard"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static NodeFacts Healthy(string name) => SampleFacts.Node(name, SampleFacts.Namespace(SampleFacts.Device(SampleFacts.Peer(1))));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
