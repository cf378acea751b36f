// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Peers;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Keeps a status within the size that an API server and its etcd take without trouble.</summary>
public static class StatusSize
{
    /// <summary>Greatest size of the whole status as JSON, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Name, quotes, colon and comma around the facts.</summary>
    private static readonly int FactsFrame = "\"facts\":,".Length;

    private static readonly JsonTypeInfo<NodeProbeStatus> StatusJson =
        (JsonTypeInfo<NodeProbeStatus>)CrdsJsonContext.Default.GetTypeInfo(typeof(NodeProbeStatus))!;

    /// <summary>
    /// Size of the whole status that is aimed at, in bytes: with thousands of nodes an API server, its watchers and the operator hold all of them. It is passed where
    /// more is needed for the verdict.
    /// </summary>
    public const int TargetBytes = 24 * 1024;

    /// <summary>
    /// Puts the facts into the status. A digest replaces peers that nothing is wrong with; then whatever changes no verdict is left out until the target is met; then the facts are
    /// cut in a fixed order until the whole fits. What was left out is said in the facts.
    /// </summary>
    public static FittedStatus Fit(NodeProbeStatus status, NodeFacts facts, DiagnosisReport report, Thresholds? thresholds = null)
    {
        var frame = Measure(status, StatusJson, MaxBytes) + FactsFrame;
        var digested = PeerDigester.Digest(BulkyFacts.Remove(facts), report);
        var said = new List<string>();
        if (facts.TruncatedWhat is { } before) said.Add(before);
        if (digested.Unlisted > 0) said.Add($"{digested.Unlisted} peers that nothing is wrong with (counted in a digest)");
        var small = LeaveOut(said.Count == 0 ? digested.Facts : Marked(digested.Facts, said, facts.Truncated), said, TargetBytes - frame, thresholds ?? new Thresholds());
        var fitted = Cut(small, said, new HealthyPeers(report), MaxBytes - frame);
        var whole = status with { Facts = StatusBuilder.ToJson(fitted) };
        return new FittedStatus(whole, Measure(whole, StatusJson, 2 * MaxBytes), fitted.Truncated && !facts.Truncated);
    }

    // A step that changes the verdict about this node is not taken.
    private static NodeFacts LeaveOut(NodeFacts facts, List<string> said, int room, Thresholds thresholds)
    {
        if (Fits(facts, room)) return facts;
        var verdict = new SameVerdict(thresholds, facts);
        foreach (var (what, apply) in FactsCut.Unneeded.Concat(FinerCut.Steps))
        {
            var (smaller, removed) = apply(facts);
            if (removed == 0 || !verdict.IsKeptBy(smaller)) continue;
            said.Add($"{removed} {what}");
            facts = Marked(smaller, said, facts.Truncated);
            if (Fits(facts, room)) return facts;
        }

        return facts;
    }

    private static NodeFacts Cut(NodeFacts facts, List<string> said, HealthyPeers healthy, int room)
    {
        if (Fits(facts, room)) return facts;
        // What is still there of the former would change the verdict; nothing else is left to give up.
        foreach (var (what, apply) in FactsCut.Unneeded.Concat(FactsCut.Steps(healthy)))
        {
            var (smaller, removed) = apply(facts);
            if (removed == 0) continue;
            said.Add($"{removed} {what}");
            facts = Marked(smaller, said, truncated: true);
            if (Fits(facts, room)) return facts;
        }

        said.Add("");
        for (var count = 4096; ; count /= 2)
        {
            said[^1] = $"all but the first {count} of every list";
            var smaller = Marked(FactsCut.KeepFirst(facts, count), said, truncated: true);
            if (count == 0 || Fits(smaller, room)) return smaller;
        }
    }

    private static NodeFacts Marked(NodeFacts facts, List<string> said, bool truncated) =>
        facts with { Truncated = truncated, TruncatedWhat = PlainText.OneLine("left out: " + string.Join(", ", said), 1024) };

    private static bool Fits(NodeFacts facts, int room) => Measure(facts, FactsJsonContext.Default.NodeFacts, room) <= room;

    /// <summary>Counts without holding the text, and no further than to the limit: the facts of a large node have many megabytes.</summary>
    private static int Measure<T>(T value, JsonTypeInfo<T> type, int limit)
    {
        using var counter = new CountingStream(limit);
        try
        {
            JsonSerializer.Serialize(counter, value, type);
        }
        catch (TooLongException)
        {
            // As much as anybody wanted to know.
        }

        return (int)counter.Length;
    }
}

/// <summary>A status within the limit.</summary>
/// <param name="Status">The status with its facts.</param>
/// <param name="Bytes">Its size as JSON.</param>
/// <param name="Cut">The facts were cut.</param>
public sealed record FittedStatus(NodeProbeStatus Status, int Bytes, bool Cut);
