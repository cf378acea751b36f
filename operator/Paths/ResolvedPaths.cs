// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis.Paths;

namespace KubeWgDiag.Operator.Paths;

/// <summary>The paths of a run, resolved once.</summary>
/// <param name="All">In the order of the spec.</param>
internal sealed record ResolvedPaths(IReadOnlyList<ResolvedPath> All)
{
    public static ResolvedPaths None { get; } = new([]);

    /// <summary>For the engine.</summary>
    public IReadOnlyList<AskedPath> Asked { get; } = [.. All.Select(path => path.Asked)];

    /// <summary>What a node is asked: the paths that begin or end there, and those of which nobody knows where they end. Null = none.</summary>
    public IReadOnlyList<ProbePath>? For(string node)
    {
        List<ProbePath> mine = [.. All.Where(path => path.Concerns(node)).Select(path => path.Question).OfType<ProbePath>()];
        return mine.Count == 0 ? null : mine;
    }
}

/// <summary>One address that a path leads to, or why there is none.</summary>
/// <param name="Asked">For the engine.</param>
/// <param name="Question">For the probes; null when it could not be resolved.</param>
internal sealed record ResolvedPath(AskedPath Asked, ProbePath? Question)
{
    public bool Concerns(string node) => Asked.FromNode == node || Asked.ToNode is null || Asked.ToNode == node;

    /// <summary>A path that cannot be asked.</summary>
    public static ResolvedPath Not(string name, string reason) => new(new AskedPath(name) { Unresolved = reason }, null);
}
