// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Tests.Recordings;

/// <summary>
/// Every known difference from the recordings, each with its reason. The replay fails on a difference that is not here, and on an entry
/// that no longer differs. README.md of the server has the same list in words.
/// </summary>
internal static class Deviations
{
    public sealed record Entry(string Exchange, string PathPrefix, string Reason);

    public static IReadOnlyList<Entry> All { get; } =
    [
        new("07/3: adding a finalizer while terminating", "body.details.causes", "a real server validates metadata of custom resources twice and lists the cause twice"),
        new("08/5: nodes", "body.items[0].metadata.labels.beta.", "deprecated labels are left out"),
        new("08/5: nodes", "body.items[0].metadata.annotations", "annotations of kubelet and controllers that nothing here reads"),
        new("08/5: nodes", "body.items[0].metadata.managedFields", "the node is created by the server itself, not by a kubelet"),
        new("08/5: nodes", "body.items[0].status.", "no real machine stands behind the node: fewer capacities, conditions and facts"),
    ];

    /// <summary>Requests whose recorded body is not what was sent: the recorder built the next request in the same object.</summary>
    public static string CorrectBody(Exchange exchange, string body) => exchange.Id switch
    {
        "09/3: lease duration zero" => body.Replace("\"leaseDurationSeconds\":15", "\"leaseDurationSeconds\":0", StringComparison.Ordinal)
            .Replace("\"renewTime\":\"2026-01-01T00:00:00Z\"", "\"renewTime\":\"2026-01-01T00:00:00.000000Z\"", StringComparison.Ordinal),
        _ => body,
    };
}
