// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Planning;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.Chaos.Probes;

/// <summary>Reads a made-up node instead of the machine, in less time than a real one takes.</summary>
internal sealed class MeshCollector(MeshWorld world, string diagnosisUid, Func<double> dice) : IFactsCollector
{
    private const int LongestReading = 1200;

    public async Task<NodeFacts> CollectAsync(CollectionRequest request, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(dice() * LongestReading), ct);
        var plan = await world.PlanOfAsync(diagnosisUid, ct);
        var mesh = request.Observation.TotalSeconds >= DiagnosisPlan.SecondObservation ? plan.SecondMesh : plan.Mesh;
        return mesh.FactsOf(request.NodeName);
    }
}
