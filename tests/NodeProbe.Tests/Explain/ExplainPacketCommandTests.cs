// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.NodeProbe.Tests.Commands;

namespace KubeWgDiag.NodeProbe.Tests.Explain;

public sealed class ExplainPacketCommandTests
{
    private static readonly string[] Packet = ["explain-packet", "--from", "10.244.1.5", "--to", "10.244.2.7"];

    [Theory]
    [InlineData("", "Option '--to' is required")]
    [InlineData("--from 10.0.0.1", "Option '--to' is required")]
    [InlineData("--from nonsense --to 10.0.0.1", "--from nonsense: not an IP address")]
    [InlineData("--from 10.0.0.1 --to fd00::1", "--from and --to are of different families")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --proto quux", "--proto quux: not tcp, udp, sctp, icmp or a number up to 255")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --proto 256", "--proto 256: not tcp")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --dport 65536", "--dport 65536: not a port")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --sport -1", "--sport -1: not a port")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --proto icmp --dport 1", "--dport: the protocol has no ports")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --mark 0x1ffffffff", "--mark 0x1ffffffff: not a number of 32 bits")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --state 1", "--state 1: not one of")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --state open", "--state open: not one of")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --length 19", "--length 19: not a number from 20 to 65535")]
    [InlineData("--from 10.0.0.1 --to 10.0.0.2 --netns /nowhere", "--netns /nowhere")]
    public async Task Run_BadInput_IsRefusedInOneLine(string arguments, string problem)
    {
        var host = new TestHost();
        var exit = await host.RunAsync(["explain-packet", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        exit.ShouldBe(2);
        host.Out.ShouldBeEmpty();
        host.Error.ShouldContain(problem);
        host.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Run_AllOptions_ReachTheQuestion()
    {
        var explainer = new FakeExplainer();
        await new TestHost(explainer: explainer).RunAsync(
            [.. Packet, "--proto", "udp", "--sport", "5353", "--dport", "53", "--mark", "0xca6c", "--iif", "wg0", "--state", "established", "--length", "1400"]);

        explainer.Question.ShouldBe(new WalkQuestion
        {
            From = IpAddr.Parse("10.244.1.5"),
            To = IpAddr.Parse("10.244.2.7"),
            Protocol = 17,
            SourcePort = 5353,
            DestinationPort = 53,
            Mark = 0xca6c,
            InputInterface = "wg0",
            State = ConntrackState.Established,
            Length = 1400,
        });
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", "icmp", 1)]
    [InlineData("fd00::1", "fd00::2", "icmp", 58)]
    [InlineData("10.0.0.1", "10.0.0.2", "47", 47)]
    [InlineData("10.0.0.1", "10.0.0.2", "TCP", 6)]
    public async Task Run_Protocol_IsThatOfTheFamily(string from, string to, string name, byte protocol)
    {
        var explainer = new FakeExplainer();
        await new TestHost(explainer: explainer).RunAsync("explain-packet", "--from", from, "--to", to, "--proto", name);
        explainer.Question!.Protocol.ShouldBe(protocol);
    }

    [Theory]
    [InlineData(WalkOutcome.Left, 0, "-")]
    [InlineData(WalkOutcome.Delivered, 0, "-")]
    [InlineData(WalkOutcome.Dropped, 1, "x")]
    [InlineData(WalkOutcome.Undetermined, 2, "?")]
    public async Task Run_Outcome_IsTheExitCodeAndTheSign(WalkOutcome outcome, int exit, string sign)
    {
        var host = new TestHost(explainer: new FakeExplainer(outcome));
        (await host.RunAsync(Packet)).ShouldBe(exit);
        host.Out.ShouldBe($"""
            The packet goes.

            host [2J
              1 - routing       dev eth0
                                rule 0
              2 {sign} forward       what [31mhappens
                                the rule [somebody]

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Run_Json_IsTheReport()
    {
        var host = new TestHost(explainer: new FakeExplainer(WalkOutcome.Dropped));
        await host.RunAsync([.. Packet, "-o", "json"]);
        using var json = JsonDocument.Parse(host.Out);
        json.RootElement.GetProperty("outcome").GetString().ShouldBe("Dropped");
        json.RootElement.GetProperty("steps")[1].GetProperty("owner").GetString().ShouldBe("somebody");
    }
}
