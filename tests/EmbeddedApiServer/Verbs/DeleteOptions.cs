// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>The body of a DELETE, with the query parameters that can replace it.</summary>
internal sealed record DeleteOptions
{
    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    /// <summary>Background (default), Foreground or Orphan.</summary>
    public string Propagation { get; init; } = "Background";

    public long? GraceSeconds { get; init; }

    public bool DryRun { get; init; }

    public static DeleteOptions Read(JsonObject? body, Func<string, string?> query) => new()
    {
        Uid = body.Text("preconditions", "uid"),
        ResourceVersion = body.Text("preconditions", "resourceVersion"),
        Propagation = body.Text("propagationPolicy") ?? query("propagationPolicy") ?? (body.Flag("orphanDependents") ? "Orphan" : "Background"),
        GraceSeconds = body.Number("gracePeriodSeconds")
            ?? (long.TryParse(query("gracePeriodSeconds"), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? seconds : null),
        DryRun = body.Strings("dryRun").Any() || query("dryRun") == "All",
    };
}
