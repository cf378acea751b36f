// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>How a step of a reconciliation ended.</summary>
/// <param name="Error">Why it has to be tried again with growing waits; null when it went well.</param>
/// <param name="Wake">When to come back without a change; null = not.</param>
internal sealed record StepResult(string? Error, TimeSpan? Wake)
{
    /// <summary>Nothing more to do until something changes.</summary>
    public static StepResult Done { get; } = new(null, null);

    public static StepResult Failed(KubeError error) => new($"{error.Kind}: {error.Message}", null);

    /// <summary>After a status was written or not.</summary>
    /// <param name="write">What became of it.</param>
    /// <param name="wake">When the step itself wants to come back.</param>
    public static StepResult After(StatusWrite write, TimeSpan? wake) => write switch
    {
        StatusWrite.Failed failed => Failed(failed.Error),
        StatusWrite.Later later => new(null, wake < later.After ? wake : later.After),
        StatusWrite.Gone => Done,
        _ => new(null, wake),
    };
}
