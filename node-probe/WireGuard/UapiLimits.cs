// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>How much a UAPI server may ask of us.</summary>
internal sealed record UapiLimits
{
    /// <summary>Time for connecting and the whole answer of one socket.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest line in bytes; the longest legal one is a key with its name, under 100.</summary>
    public int LineBytes { get; init; } = 4096;

    /// <summary>Longest answer in bytes. A peer with five prefixes takes about 700, so 10,000 of them take 7 MB.</summary>
    public long AnswerBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most sockets that are asked in one folder.</summary>
    public int Sockets { get; init; } = 1024;

    /// <summary>The most sockets that are asked in the folder of one process.</summary>
    public int SocketsOfProcess { get; init; } = 32;

    /// <summary>Time for one look into the folder of a process.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many are asked at a time, so that a few hung ones do not use up everybody's time.</summary>
    public int Parallel { get; init; } = 16;
}
