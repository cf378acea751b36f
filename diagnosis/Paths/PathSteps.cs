// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Paths;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Paths;

/// <summary>The steps of one direction of a path, put together from both nodes. They stop at the first one that fails.</summary>
internal sealed class PathSteps(string? from, string? to)
{
    private readonly List<PathStep> _steps = [];

    public string? From { get; } = from;

    public string? To { get; } = to;

    public IReadOnlyList<PathStep> Steps => _steps;

    /// <summary>The first step that fails, with what a finding about it would name; null when none does.</summary>
    public FailedStep? Failing { get; private set; }

    public bool IsOver => Failing is not null;

    /// <summary>The verdict and its reason.</summary>
    public (PathVerdict Verdict, string Reason) Verdict => Failing is { } failing
        ? (PathVerdict.Fails, Sentence(failing.Step))
        : _steps.Find(step => step.Outcome == PathStepOutcome.Unknown) is { } open
            ? (PathVerdict.CouldNotCheck, Sentence(open))
            : (PathVerdict.Works, "nothing that was read stands in its way");

    public void Pass(PathPlace place, string? node, string what) => _steps.Add(new PathStep(place, node, PathStepOutcome.Passes, what));

    public void Unknown(PathPlace place, string? node, string what) => _steps.Add(new PathStep(place, node, PathStepOutcome.Unknown, what));

    /// <summary>The packet ends at this step.</summary>
    public void Fail(PathPlace place, string? node, string what, WalkStop? stop = null)
    {
        var step = new PathStep(place, node, PathStepOutcome.Fails, what);
        _steps.Add(step);
        Failing = new FailedStep(step, From, To, stop);
    }

    /// <summary>The packet ends at a step that the node itself took for passed, which is the last word on it.</summary>
    public void Wrong(PathPlace place, string what)
    {
        var index = _steps.FindLastIndex(step => step.Place == place);
        var node = place == PathPlace.Decryption ? To : From;
        if (index >= 0) _steps.RemoveRange(index, _steps.Count - index);
        Fail(place, node, what);
    }

    /// <summary>What the sender told.</summary>
    public void Outbound(PathWalkFact walk) => Add(walk, isOutbound: true);

    /// <summary>What the receiver told.</summary>
    public void Inbound(PathWalkFact walk) => Add(walk, isOutbound: false);

    private void Add(PathWalkFact walk, bool isOutbound)
    {
        var node = isOutbound ? From : To;
        foreach (var step in walk.Steps)
        {
            var place = PlaceOf(step.Kind, isOutbound && !walk.Arrived);
            var what = DisplayText.Detail(step.What);
            switch (step.Result)
            {
                case WalkResult.Dropped or WalkResult.Rejected:
                    Fail(place, node, what, walk.Stop);
                    return;
                case WalkResult.Undetermined:
                    Unknown(place, node, what);
                    break;
                default:
                    Pass(place, node, what);
                    break;
            }
        }

        if (walk.Result == WalkResult.Diverted)
            Unknown(isOutbound ? PathPlace.SourceNode : PathPlace.DestinationNode, node, Diverted(walk));
    }

    private static string Diverted(PathWalkFact walk) => walk.Nat is { Destination: { } destination }
        ? $"its destination is translated to {destination}: ask for the path to that address"
        : walk.Nat is { Kind: "dnat" or "redirect" } nat ? $"its destination is translated to {DisplayText.Detail(nat.To)}" : "it does not reach the address on this node, but something else";

    private static PathPlace PlaceOf(PathStepKind kind, bool isSource) => (kind, isSource) switch
    {
        (PathStepKind.Encryption, _) => PathPlace.Encryption,
        (PathStepKind.Decryption, _) => PathPlace.Decryption,
        (PathStepKind.OuterOut, _) => PathPlace.SourceUnderlay,
        (PathStepKind.OuterIn, _) => PathPlace.DestinationUnderlay,
        (PathStepKind.Pod, true) => PathPlace.SourceNamespace,
        (PathStepKind.Pod, _) => PathPlace.DestinationNamespace,
        (_, true) => PathPlace.SourceNode,
        _ => PathPlace.DestinationNode,
    };

    private static string Sentence(PathStep step) => step.Node is { } node ? $"{node}: {step.What}" : step.What;
}

/// <summary>Where a path fails.</summary>
/// <param name="Step">The step.</param>
/// <param name="From">The node that sends.</param>
/// <param name="To">The node that receives.</param>
/// <param name="Stop">What ended the packet, where the walk told.</param>
internal sealed record FailedStep(PathStep Step, string? From, string? To, WalkStop? Stop);
