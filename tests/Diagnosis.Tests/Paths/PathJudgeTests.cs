// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Paths;
using KubeWgDiag.Diagnosis.Tests.Walking;

namespace KubeWgDiag.Diagnosis.Tests.Paths;

public sealed class PathJudgeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Judge_NothingInTheWay_WorksInBothDirectionsOverEveryStep(bool v6)
    {
        var (request, reply) = new PathScene(v6).Judge();

        request.Verdict.ShouldBe(PathVerdict.Works, request.Reason);
        reply.Verdict.ShouldBe(PathVerdict.Works, reply.Reason);
        (request.FromNode, request.ToNode, reply.FromNode, reply.ToNode).ShouldBe(("a", "b", "b", "a"));
        request.Steps.Select(step => step.Place).ShouldBe(
        [
            PathPlace.SourceNamespace, PathPlace.SourceNode, PathPlace.Encryption, PathPlace.SourceUnderlay, PathPlace.Tunnel, PathPlace.Mtu, PathPlace.DestinationUnderlay,
            PathPlace.Decryption, PathPlace.DestinationNode, PathPlace.DestinationNamespace,
        ]);
        reply.Steps.Select(step => step.Place).ShouldBe(request.Steps.Select(step => step.Place));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Judge_FilterOfTheReceiver_FailsAtItsNodeByItsRule(bool v6)
    {
        var scene = new PathScene(v6);
        scene.B.Host.Filter = Family(WalkLab.Drop("NO-DB", 5432), v6);

        var (request, reply) = scene.Judge();

        request.Verdict.ShouldBe(PathVerdict.Fails);
        var step = request.FailingStep.ShouldNotBeNull();
        (step.Place, step.Node).ShouldBe((PathPlace.DestinationNode, "b"));
        step.What.ShouldContain("NO-DB");
        request.Steps[^1].ShouldBe(step);
        // The answer is to another port.
        reply.Verdict.ShouldBe(PathVerdict.Works, reply.Reason);
    }

    [Fact]
    public void Judge_FilterOfTheSender_FailsThere()
    {
        var scene = new PathScene();
        scene.A.Host.Filter = WalkLab.Drop("NO-DB", 5432);

        var failing = scene.Judge().Request.FailingStep.ShouldNotBeNull();

        (failing.Place, failing.Node).ShouldBe((PathPlace.SourceNode, "a"));
    }

    [Fact]
    public void Judge_FilterInTheDestinationPod_FailsInItsNamespace()
    {
        var scene = new PathScene();
        scene.B.Pod.Filter = WalkFilter.Input("10.244.1.10");

        scene.Judge().Request.FailingStep.ShouldNotBeNull().Place.ShouldBe(PathPlace.DestinationNamespace);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Judge_ReceiverDoesNotAllowTheSource_FailsAtItsDecryptionAndNamesTheRule(bool v6)
    {
        var scene = new PathScene(v6);
        scene.B.Knows(scene.A, routed: false, allowed: v6 ? "fd00:244:9::/64" : "10.244.9.0/24");

        var report = scene.Report();

        var request = report.Paths[0];
        request.Verdict.ShouldBe(PathVerdict.Fails);
        var step = request.FailingStep.ShouldNotBeNull();
        (step.Place, step.Node).ShouldBe((PathPlace.Decryption, "b"));
        request.Code.ShouldNotBeNull();
        report.RootCauses.Select(cause => cause.Finding.Code).ShouldContain(request.RootCause);
        // Its own answers find no peer either.
        report.Paths[1].FailingStep.ShouldNotBeNull().Place.ShouldBe(PathPlace.Encryption);
    }

    [Fact]
    public void Judge_NoRouteIntoTheTunnel_FailsAtTheSenderAndNamesTheRule()
    {
        var scene = new PathScene();
        var a = new PathNode("a", 1, v6: false).Knows(scene.B, routed: false);
        a.Host.Route("0.0.0.0/0", "eth0", via: "172.18.0.254");

        var report = scene.Report(a, scene.B);

        var request = report.Paths[0];
        request.Verdict.ShouldBe(PathVerdict.Fails, request.Reason);
        (request.FailingStep!.Place, request.FailingStep.Node).ShouldBe((PathPlace.SourceNode, "a"));
        request.Reason.ShouldContain("unencrypted");
        report.RootCauses.SelectMany(cause => cause.Consequences.Prepend(cause.Finding)).Select(finding => finding.Code).ShouldContain(request.Code);
        report.Paths[1].Verdict.ShouldBe(PathVerdict.Works, report.Paths[1].Reason);
    }

    [Fact]
    public void Judge_SenderHasNoPeerForIt_FailsAtItsEncryption()
    {
        var scene = new PathScene();
        scene.A.Knows(scene.B, routed: false, allowed: "10.244.9.0/24");

        scene.Judge().Request.FailingStep.ShouldNotBeNull().Place.ShouldBe(PathPlace.Encryption);
    }

    [Fact]
    public void Judge_PeerHasNoEndpoint_FailsAtEncryption()
    {
        var scene = new PathScene();
        scene.A.Knows(scene.B, routed: false, endpoint: false);

        var step = scene.Judge().Request.FailingStep.ShouldNotBeNull();
        step.Place.ShouldBe(PathPlace.Encryption);
        step.What.ShouldContain("endpoint");
    }

    [Fact]
    public void Judge_ForwardingOffAtTheReceiver_FailsAtItsNode()
    {
        var scene = new PathScene();
        scene.B.Host.Forwards = false;
        foreach (var device in new[] { "eth0", "cni0", "wg0" }) scene.B.Host.Sysctls[$"net.ipv4.conf.{device}.forwarding"] = 0;

        var (request, reply) = scene.Judge();

        (request.FailingStep!.Place, request.FailingStep.Node).ShouldBe((PathPlace.DestinationNode, "b"));
        (reply.FailingStep!.Place, reply.FailingStep.Node).ShouldBe((PathPlace.SourceNode, "b"));
    }

    [Fact]
    public void Judge_OtherNodeHasNotReported_CouldNotCheckWithItsName()
    {
        var scene = new PathScene();
        scene.Asked = new AskedPath(PathScene.Name) { Target = scene.B.PodAddress, FromNode = "a", ToNode = "b" };

        var (request, reply) = scene.Judge(scene.A);

        request.Verdict.ShouldBe(PathVerdict.CouldNotCheck);
        request.FailingStep.ShouldBeNull();
        reply.Verdict.ShouldBe(PathVerdict.CouldNotCheck);
        reply.Reason.ShouldContain("b has not reported");
    }

    [Fact]
    public void Judge_OtherNodeWalkedNothing_CouldNotCheck()
    {
        var scene = new PathScene();
        scene.B.WalksNothing = true;
        scene.Asked = new AskedPath(PathScene.Name) { Target = scene.B.PodAddress, FromNode = "a", ToNode = "b" };

        scene.Judge().Request.Reason.ShouldContain("b walked no path");
    }

    [Fact]
    public void Judge_PacketFiltersUnread_CouldNotCheck()
    {
        var scene = new PathScene();
        scene.B.Host.FilterMissing = new NotAvailable(NotAvailableReason.NotPermitted, "no right");

        var (request, _) = scene.Judge();

        request.Verdict.ShouldBe(PathVerdict.CouldNotCheck);
        request.Reason.ShouldContain("could not be read");
    }

    [Fact]
    public void Judge_FilterUnreadButAnotherStepFails_Fails()
    {
        var scene = new PathScene();
        scene.A.Host.FilterMissing = new NotAvailable(NotAvailableReason.NotPermitted, "no right");
        scene.B.Host.Filter = WalkLab.Drop("NO-DB", 5432);

        scene.Judge().Request.Verdict.ShouldBe(PathVerdict.Fails);
    }

    [Fact]
    public void Judge_Unresolved_SaysWhyInBothDirections()
    {
        var scene = new PathScene { Asked = new AskedPath(PathScene.Name) { Unresolved = "there is no pod web/front" } };

        var (request, reply) = scene.Judge();

        request.Reason.ShouldBe("there is no pod web/front");
        reply.Verdict.ShouldBe(PathVerdict.CouldNotCheck);
    }

    [Fact]
    public void Judge_PodMoved_CouldNotCheck()
    {
        var scene = new PathScene();
        scene.Asked = new AskedPath(PathScene.Name) { Target = IpAddr.Parse("10.244.2.77"), FromNode = "a", ToNode = "b" };
        scene.Question = scene.Question with { To = IpAddr.Parse("10.244.2.77") };

        var (request, _) = scene.Judge();

        request.Verdict.ShouldBe(PathVerdict.CouldNotCheck);
        request.Reason.ShouldContain("may have moved");
    }

    [Fact]
    public void Judge_FromTheNodeItself_TakesTheSourceThatItsRoutesChoose()
    {
        var scene = new PathScene();
        // The tunnel's own address: b learns of it by the peer entry whose endpoint is the node's address.
        scene.Question = scene.Question with { From = [scene.A.Underlay], FromNode = true };

        var (request, reply) = scene.Judge();

        request.Source.ShouldBe(IpAddr.Parse("10.244.1.0"));
        request.Verdict.ShouldBe(PathVerdict.Works, request.Reason);
        reply.Verdict.ShouldBe(PathVerdict.Works, reply.Reason);
    }

    [Fact]
    public void Judge_BothEndsOnOneNode_NeedsNoTunnel()
    {
        var scene = new PathScene();
        scene.Question = scene.Question with { From = [scene.A.Underlay], FromNode = true, To = scene.A.PodAddress };

        var (request, reply) = scene.Judge(scene.A);

        request.Verdict.ShouldBe(PathVerdict.Works, request.Reason);
        request.Steps.ShouldNotContain(step => step.Place == PathPlace.Tunnel);
        reply.Verdict.ShouldBe(PathVerdict.Works, reply.Reason);
    }

    [Fact]
    public void Judge_NobodyAsked_ReportsNoPaths()
    {
        var scene = new PathScene();
        (scene.A.WalksNothing, scene.B.WalksNothing) = (true, true);

        scene.Report().Paths.ShouldBeEmpty();
    }

    [Fact]
    public void Facts_OfAPath_AreSmallAndComeBackFromJson()
    {
        var scene = new PathScene();
        var facts = scene.B.Facts(scene.Question);

        var json = JsonSerializer.Serialize(facts, FactsJsonContext.Default.NodeFacts);
        var walks = JsonSerializer.Deserialize(json, FactsJsonContext.Default.NodeFacts)!.PathWalks!.Value!;

        walks.Count.ShouldBe(facts.PathWalks!.Value!.Count);
        JsonSerializer.Serialize(facts with { PathWalks = null }, FactsJsonContext.Default.NodeFacts).Length.ShouldBeGreaterThan(json.Length - 4096);
    }

    private static NetfilterFact Family(NetfilterFact filter, bool v6) => !v6 ? filter : filter with
    {
        Tables = [.. filter.Tables.Select(table => table with { Family = NetfilterFamily.Ipv6 })],
    };
}
