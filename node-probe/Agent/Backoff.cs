// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>
/// Waiting times that double up to a limit. Jitter keeps the probes of a large cluster from returning all at once to an API server
/// that has just come back.
/// </summary>
/// <param name="First">Nominal wait after the first failure.</param>
/// <param name="Max">Limit of the nominal wait.</param>
/// <param name="Jitter">Gives numbers from 0 (inclusive) to 1 (exclusive).</param>
public sealed record Backoff(TimeSpan First, TimeSpan Max, Func<double> Jitter)
{
    /// <summary>The wait after the given number of failures in a row (1 and up): half to one and a half of the nominal wait.</summary>
    public TimeSpan After(int failures)
    {
        // 2^20 seconds are beyond every limit; more would overflow.
        var nominal = First * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        return (nominal < Max ? nominal : Max) * (0.5 + Jitter());
    }
}
