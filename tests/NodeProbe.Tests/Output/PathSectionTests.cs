// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Tests.Output;

public sealed class PathSectionTests
{
    private static readonly PathResult Failing = new()
    {
        Path = "web-to-db",
        Direction = PathDirection.Request,
        FromNode = "a",
        ToNode = "b",
        Source = IpAddr.Parse("10.244.1.7"),
        Destination = IpAddr.Parse("10.244.2.9"),
        Verdict = PathVerdict.Fails,
        Reason = "b: no peer has it",
        Steps = [new(PathPlace.SourceNode, "a", PathStepOutcome.Passes, "goes on"), new(PathPlace.Decryption, "b", PathStepOutcome.Fails, "no peer has it")],
        Code = "WG-ALLOWEDIPS-MISSING-SRC",
        RootCause = "WG-ALLOWEDIPS-MISSING-SRC",
    };

    [Fact]
    public void Json_Report_NamesTheFailingStep() => IndentedJson.Of(Report(Failing)).ShouldContain("\"failingStep\"");

    [Fact]
    public void Text_Report_SaysVerdictStepAndCode()
    {
        var text = Text(Report(Failing));

        text.ShouldContain("web-to-db, request from 10.244.1.7 on a to 10.244.2.9 on b: fails (WG-ALLOWEDIPS-MISSING-SRC)");
        text.ShouldContain("ok SourceNode (a): goes on");
        text.ShouldContain("FAILS Decryption (b): no peer has it");
    }

    [Fact]
    public void Text_NobodyAsked_HasNoSection() => Text(Report()).ShouldNotContain("Paths");

    private static DiagnosisReport Report(params PathResult[] paths) => new() { Tunnels = [], RootCauses = [], CouldNotCheck = [], Summary = "s", Paths = paths };

    private static string Text(DiagnosisReport report)
    {
        var writer = new StringWriter();
        new ReportWriter(new Terminal(writer, 200, false)).Write([], report);
        return writer.ToString();
    }
}
