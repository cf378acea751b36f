// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Explain;

namespace KubeWgDiag.NodeProbe.Tests.Explain;

/// <summary>Gives a prepared report, and remembers what was asked.</summary>
internal sealed class FakeExplainer(WalkOutcome outcome = WalkOutcome.Left) : IPacketExplainer
{
    public WalkQuestion? Question { get; private set; }

    public CollectionRequest? Request { get; private set; }

    public Task<WalkReport> ExplainAsync(WalkQuestion question, CollectionRequest request, CancellationToken ct)
    {
        (Question, Request) = (question, request);
        return Task.FromResult(new WalkReport
        {
            Outcome = outcome,
            Summary = "the packet goes",
            Steps =
            [
                new WalkStep { Place = "host\u001b[2J", Stage = WalkStage.Routing, Outcome = WalkOutcome.Passed, What = "dev eth0", DecidedBy = "rule 0" },
                new WalkStep { Place = "host\u001b[2J", Stage = WalkStage.Forward, Outcome = outcome, What = "what \u001b[31mhappens", DecidedBy = "the rule", Owner = "somebody" },
            ],
        });
    }
}
