// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>
/// One thing that a reader tried to read: what was found, from where and when, or why it could not be had.
/// An unreadable thing is a fact as well and never an empty list.
/// </summary>
/// <typeparam name="T">What was read.</typeparam>
public sealed record Fact<T>
    where T : class
{
    /// <summary>Where it was read: <c>rtnetlink</c>, <c>genetlink wireguard</c>, <c>/proc/sys/net</c> ...</summary>
    public required string Source { get; init; }

    /// <summary>When the read ended (the node's clock).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long the read took, in milliseconds.</summary>
    public double DurationMs { get; init; }

    /// <summary>What was read; null exactly when <see cref="NotAvailable"/> is set.</summary>
    public T? Value { get; init; }

    /// <summary>Why it could not be had; null when <see cref="Value"/> is set.</summary>
    public NotAvailable? NotAvailable { get; init; }

    /// <summary>True when the kernel said that the data changed during the dump and retries did not help (NLM_F_DUMP_INTR).</summary>
    public bool Interrupted { get; init; }

    /// <summary>Attributes and records that the reader did not know; harmless, but visible.</summary>
    public int Unknown { get; init; }

    /// <summary>How many records there were when only some were kept (those of interest, or the first ones); null when all were.</summary>
    public long? Seen { get; init; }
}

/// <summary>Why a fact could not be had.</summary>
/// <param name="Reason">Stable word for code.</param>
/// <param name="Detail">One line for people; never key material.</param>
public sealed record NotAvailable(NotAvailableReason Reason, string Detail);
