// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

internal enum FieldValidation
{
    Warn,
    Ignore,
    Strict,
}

/// <summary>The query parameters of a write, and the warnings that it collects for the answer's headers.</summary>
internal sealed record WriteOptions
{
    public required UserInfo User { get; init; }

    /// <summary>Never empty: a request without one is owned by the first word of its user agent.</summary>
    public string Manager { get; init; } = "unknown";

    public bool HasManager { get; init; }

    public bool DryRun { get; init; }

    public bool Force { get; init; }

    public FieldValidation Validation { get; init; } = FieldValidation.Warn;

    public List<string> Warnings { get; } = [];

    public static WriteOptions Internal(string manager) =>
        new() { User = UserInfo.Controllers, Manager = manager, HasManager = true, Force = true, Validation = FieldValidation.Ignore };
}
