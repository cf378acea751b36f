// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>What controllers ask of a pod again and again, read once per version.</summary>
/// <param name="Node">The node it runs on, or is meant for as long as the scheduler has not placed it; empty when it may go anywhere.</param>
internal sealed record PodView(string Node, bool IsPlaced, bool IsReady, bool HasEnded, string Hash)
{
    public const string HashLabel = "controller-revision-hash";

    public static PodView Of(StoredObject pod) => pod.View(Read);

    private static PodView Read(StoredObject pod)
    {
        JsonObject body = pod.Thaw();
        string placed = body.Text("spec", "nodeName") ?? "";
        return new(
            placed.Length > 0 ? placed : Pinned(body) ?? "",
            placed.Length > 0,
            body.Items("status", "conditions").Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True"),
            body.Text("status", "phase") is "Failed" or "Succeeded",
            body.Text("metadata", "labels", HashLabel) ?? "");
    }

    /// <summary>The node that the affinity of a daemon pod names.</summary>
    private static string? Pinned(JsonObject body) =>
        body.Items("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
            .SelectMany(term => term.Items("matchFields")).SelectMany(field => field.Strings("values")).FirstOrDefault();
}
