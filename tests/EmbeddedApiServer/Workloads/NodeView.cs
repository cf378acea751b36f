// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>What the scheduler asks of a node again and again, read once per version.</summary>
/// <param name="Taints">Those that keep pods away.</param>
internal sealed record NodeView(bool IsUnschedulable, IReadOnlyList<(string Key, string Value, string Effect)> Taints, IReadOnlyDictionary<string, string> Labels)
{
    public static NodeView Of(StoredObject node) => node.View(Read);

    private static NodeView Read(StoredObject node)
    {
        JsonObject body = node.Thaw();
        return new(
            body.Flag("spec", "unschedulable"),
            [.. body.Items("spec", "taints").Where(taint => taint.Text("effect") is "NoSchedule" or "NoExecute").Select(taint => (taint.Text("key") ?? "", taint.Text("value") ?? "", taint.Text("effect")!))],
            node.Labels.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal));
    }
}
