// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Demo.Cluster;
using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>A broken path and a working one, asked of a real operator and answered by real probes; the two families run side by side.</summary>
[Trait("Category", "Lab")]
public abstract class PathTests(ClusterFixture fixture)
{
    private const string Code = "WG-ALLOWEDIPS-MISSING-SRC";

    [SkippableFact]
    public async Task Paths_OneBrokenAndOneWhole_AreToldApartAndTheBrokenOneAgreesWithTheRootCause()
    {
        var scene = new FaultScene(fixture.Lab, fixture.Family);
        await fixture.RecoveredAsync();
        try
        {
            await FaultCatalogue.Find(Code).ShouldNotBeNull().InjectAsync(scene, CancellationToken.None);

            var found = await fixture.AskAsync(ClusterFixture.Spec() with { Paths = [ToPodOf(2), ToPodOf(3), ToNobody()] });

            var story = $"{found.Status?.Summary}\n{string.Join('\n', (found.Status?.Paths ?? []).Select(Describe))}\noperator:\n{fixture.Cluster.OperatorLog}";
            var paths = found.Status!.Paths.ShouldNotBeNull(story).ToDictionary(path => path.Name);
            var broken = paths["to-2"];
            (broken.Request.Verdict, broken.Request.FailingStep).ShouldBe((PathVerdictStatus.Fails, "Decryption"), story);
            (broken.Request.Code, broken.Request.RootCause).ShouldBe((Code, found.RootCauses()[0].Code), story);
            (broken.FromNode, broken.ToNode).ShouldBe(("node-1", "node-2"), story);
            // What node-2 has for node-1 no peer's AllowedIPs have: its answers go nowhere either.
            (broken.Reply.Verdict, broken.Reply.FailingStep).ShouldBe((PathVerdictStatus.Fails, "Encryption"), story);
            var whole = paths["to-3"];
            (whole.Request.Verdict, whole.Reply.Verdict).ShouldBe((PathVerdictStatus.Works, PathVerdictStatus.Works), story);
            whole.Source.ShouldBe(AddressPlan.Tunnel(fixture.Family, 1), story);
            paths["to-nobody"].Request.Verdict.ShouldBe(PathVerdictStatus.CouldNotCheck, story);
        }
        finally
        {
            await Fault.HealAsync(scene, CancellationToken.None);
        }
    }

    private PathSpec ToPodOf(int node) => Path($"to-{node}", new() { Address = AddressPlan.Pod(fixture.Family, node) });

    private static PathSpec ToNobody() => Path("to-nobody", new() { Pod = new() { Namespace = "shop", Name = "gone" } });

    private static PathSpec Path(string name, PathTarget to) => new() { Name = name, From = new() { Node = "node-1" }, To = to, Protocol = PathProtocol.TCP, Port = 80 };

    private static string Describe(PathStatus path) => $"{path.Name} {path.Source} {path.Target}: {path.Request.Verdict} {path.Request.Reason} [{Steps(path.Request)}]; back {path.Reply.Verdict} {path.Reply.Reason} [{Steps(path.Reply)}]";

    private static string Steps(PathDirectionStatus direction) => string.Join(" > ", (direction.Steps ?? []).Select(step => $"{step.Step} {step.Node} {step.Outcome}: {step.What}"));
}

/// <summary>Over IPv4.</summary>
public sealed class PathTestsV4(PathTestsV4.Fixture fixture) : PathTests(fixture), IClassFixture<PathTestsV4.Fixture>
{
    public sealed class Fixture() : ClusterFixture(Family.V4);
}

/// <summary>Over IPv6.</summary>
public sealed class PathTestsV6(PathTestsV6.Fixture fixture) : PathTests(fixture), IClassFixture<PathTestsV6.Fixture>
{
    public sealed class Fixture() : ClusterFixture(Family.V6);
}
