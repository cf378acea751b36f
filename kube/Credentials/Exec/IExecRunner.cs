// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>Runs a plugin once.</summary>
internal interface IExecRunner
{
    /// <summary>Whether a person sits at our standard input.</summary>
    bool HasTerminal { get; }

    /// <summary>Runs to the end.</summary>
    /// <param name="config">What to run.</param>
    /// <param name="info">Value of <see cref="ExecInfo.Variable"/>.</param>
    /// <param name="interactive">The plugin gets our standard input.</param>
    /// <param name="ct">Ends the plugin.</param>
    Task<ExecOutcome> RunAsync(ExecConfig config, string info, bool interactive, CancellationToken ct);
}

/// <summary>How a run ended.</summary>
/// <param name="Output">Standard output; null when there is a problem.</param>
/// <param name="Problem">For people; null when the plugin ended well.</param>
/// <param name="IsMissing">The program is not there, so the install hint is of use.</param>
internal readonly record struct ExecOutcome(byte[]? Output, string? Problem = null, bool IsMissing = false);
