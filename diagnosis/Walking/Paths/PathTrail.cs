// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Paths;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Text;
using KubeWgDiag.Diagnosis.Walking.Samples;

namespace KubeWgDiag.Diagnosis.Walking.Paths;

/// <summary>The steps of a packet's way over this node while it goes on.</summary>
internal sealed class PathTrail
{
    private const int TextLimit = 200;

    private readonly List<PathStepFact> _steps = [];

    public IReadOnlyList<PathStepFact> Steps => _steps;

    /// <summary>What became of it: where it ended, else what nobody can tell, else where it went.</summary>
    public WalkResult Result { get; private set; } = WalkResult.Passed;

    public WalkStop? Stop { get; private set; }

    public WalkNat? Nat { get; private set; }

    public string? DependsOn { get; private set; }

    public PathTunnelFact? Tunnel { get; set; }

    /// <summary>The namespace in which it reached a socket.</summary>
    public WalkNamespace? Delivered { get; set; }

    public IpAddr? NextHop { get; set; }

    /// <summary>A step that was judged as sample packets are.</summary>
    public void Add(PathStepKind kind, string place, SampleOutcome outcome, string what)
    {
        var (result, text) = outcome.Result switch
        {
            WalkResult.Dropped or WalkResult.Rejected => (outcome.Result, Ended(outcome.Stop)),
            WalkResult.Undetermined => (outcome.Result, outcome.DependsOn ?? what),
            _ => (WalkResult.Passed, outcome.Nat is { } nat ? $"{what}; {nat.Kind} to {nat.To}" : what),
        };
        Stop ??= outcome.Stop;
        // WireGuard's own packet may be translated without the packet in it being another one.
        if (kind is PathStepKind.Pod or PathStepKind.Node) Nat = outcome.Nat ?? Nat;
        Add(kind, place, result, text);
    }

    public void Add(PathStepKind kind, string place, WalkResult result, string what)
    {
        what = PlainText.OneLine(what, TextLimit);
        _steps.Add(new PathStepFact(kind, PlainText.OneLine(place, TextLimit), result, what));
        if (result == WalkResult.Undetermined) DependsOn ??= what;
        if (result is WalkResult.Dropped or WalkResult.Rejected || (Result == WalkResult.Passed && result != WalkResult.Passed)) Result = result;
    }

    /// <summary>It ends here for a reason that is no packet filter's.</summary>
    public void End(PathStepKind kind, string place, WalkStopKind why, string what)
    {
        Stop ??= new WalkStop(why, PlainText.OneLine(what, TextLimit));
        Add(kind, place, WalkResult.Dropped, what);
    }

    private static string Ended(WalkStop? stop) => stop switch
    {
        { Rule: { } rule } => $"{stop.What} by {rule.Table} {rule.Chain}: {rule.Text}{(rule.Owner is { } owner ? $" ({owner})" : "")}",
        { } => stop.What,
        _ => "it ends here",
    };
}
