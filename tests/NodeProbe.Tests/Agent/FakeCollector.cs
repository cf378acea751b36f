// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Tests.Output;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

/// <summary>Gives prepared facts. It observes nothing and takes no time of its own.</summary>
internal sealed class FakeCollector(Func<CollectionRequest, CancellationToken, Task<NodeFacts>> collect) : IFactsCollector
{
    private readonly List<CollectionRequest> _requests = [];

    public FakeCollector(NodeFacts facts)
        : this((_, _) => Task.FromResult(facts))
    {
    }

    public FakeCollector()
        : this(SampleFacts.Node("node-a", SampleFacts.Namespace(SampleFacts.Device(SampleFacts.Peer(1)))))
    {
    }

    public IReadOnlyList<CollectionRequest> Requests => _requests;

    public Task<NodeFacts> CollectAsync(CollectionRequest request, CancellationToken ct)
    {
        _requests.Add(request);
        return collect(request, ct);
    }
}
