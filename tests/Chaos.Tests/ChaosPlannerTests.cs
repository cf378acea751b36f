// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Planning;

namespace KubeWgDiag.Chaos.Tests;

public sealed class ChaosPlannerTests
{
    [Fact]
    public void Draw_SameSeed_SamePlans() => Draw(7).ShouldBe(Draw(7));

    [Fact]
    public void Draw_OtherSeed_OtherPlans() => Draw(7).ShouldNotBe(Draw(8));

    [Fact]
    public void Draw_TwoHundred_EveryKindAndManyMeshes()
    {
        var plans = ChaosPlanner.Draw(new ChaosOptions { Seed = 1, Artifacts = "" });
        plans.Count.ShouldBe(200);
        plans.Select(plan => plan.Kind).Distinct().ShouldBe(Enum.GetValues<DiagnosisKind>(), ignoreOrder: true);
        plans.Select(plan => plan.Mesh.Name).Distinct().Count().ShouldBeGreaterThan(15);
        plans.Select(plan => plan.Name).ShouldBeUnique();
    }

    [Fact]
    public void Facts_OfEveryMesh_SpeakForTheNodeThatIsAsked() =>
        KnownMesh.All().ShouldAllBe(mesh => KnownMesh.Nodes.All(node => mesh.FactsOf(node).Node == node));

    private static List<(string, DiagnosisKind, string, string, TimeSpan)> Draw(int seed) =>
    [
        .. ChaosPlanner.Draw(new ChaosOptions { Runs = 30, Seed = seed, Artifacts = "" })
            .Select(plan => (plan.Name, plan.Kind, plan.Mesh.Name, plan.SecondMesh.Name, plan.Wait)),
    ];
}
