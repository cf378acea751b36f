// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.NodeProbe.Agent;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

public sealed class AskedPathsTests
{
    public static ProbePath Path { get; } = new() { Name = "web-to-db", From = ["10.244.1.7"], To = "10.244.2.9", Protocol = PathProtocol.TCP, Port = 5432 };

    [Theory]
    [InlineData(PathProtocol.TCP, 5432, "10.244.1.7", "10.244.2.9", 6)]
    [InlineData(PathProtocol.UDP, 53, "10.244.1.7", "10.244.2.9", 17)]
    [InlineData(PathProtocol.ICMP, null, "10.244.1.7", "10.244.2.9", 1)]
    [InlineData(PathProtocol.ICMP, null, "fd00:1::7", "fd00:2::9", 58)]
    public void From_Path_IsItsQuestion(PathProtocol protocol, int? port, string from, string to, byte number)
    {
        var question = AskedPaths.From([Path with { Protocol = protocol, Port = port, From = [from], To = to }]).ShouldHaveSingleItem();

        (question.Name, question.Protocol, question.Port, question.To.ToString()).ShouldBe(("web-to-db", number, (ushort?)port, to));
        question.From.ShouldHaveSingleItem().ToString().ShouldBe(from);
    }

    [Fact]
    public void From_WhatIsNoPath_IsLeftOut() => AskedPaths.From(
    [
        Path with { To = "10.0.0.1; reboot" },
        Path with { From = ["$(reboot)"] },
        Path with { From = ["fd00::1"] },
        Path with { From = [] },
        Path with { Port = 70_000 },
        Path with { Port = null },
        Path with { Protocol = PathProtocol.ICMP },
        Path with { Name = "" },
        Path with { Name = new string('n', 64) },
    ]).ShouldBeEmpty();

    [Fact]
    public void From_TooMany_AreCut()
    {
        AskedPaths.From([.. Enumerable.Repeat(Path, 100)]).Count.ShouldBe(32);
        AskedPaths.From([Path with { From = [.. Enumerable.Range(1, 50).Select(i => $"10.0.0.{i}")] }])[0].From.Count.ShouldBe(6);
        AskedPaths.From(null).ShouldBeEmpty();
    }
}
