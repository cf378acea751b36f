// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Text;
using KubeWgDiag.NodeProbe.Output;

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

    /// <summary>Puts the facts into the status and cuts them in a fixed order until the whole fits; what was cut is said in the facts.</summary>
    public static FittedStatus Fit(NodeProbeStatus status, NodeFacts facts, DiagnosisReport report)
    {
        var room = MaxBytes - Measure(status, StatusJson, MaxBytes) - FactsFrame;
        var fitted = Cut(BulkyFacts.Remove(facts), new HealthyPeers(report), room);
        var whole = status with { Facts = StatusBuilder.ToJson(fitted) };
        return new FittedStatus(whole, Measure(whole, StatusJson, 2 * MaxBytes), fitted.Truncated && !facts.Truncated);
    }

    private static NodeFacts Cut(NodeFacts facts, HealthyPeers healthy, int room)
    {
        if (Fits(facts, room)) return facts;
        var said = new List<string>();
        if (facts.TruncatedWhat is { } before) said.Add(before);
        foreach (var (step, needed) in FactsCut.Unneeded.Select(step => (step, false)).Concat(FactsCut.Steps.Select(step => (step, true))))
        {
            var (smaller, removed) = step.Apply(facts, healthy);
            if (removed == 0) continue;
            said.Add($"{removed} {step.What}");
            facts = Marked(smaller, said, facts.Truncated || needed);
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
