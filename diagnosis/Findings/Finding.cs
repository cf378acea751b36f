// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Findings;

/// <summary>A conclusion drawn from facts.</summary>
public sealed record Finding
{
    /// <summary>Stable code: <c>WG-</c> and words. Each has its page in docs/findings.</summary>
    public required string Code { get; init; }

    public required Layer Layer { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>0 to 1: how sure the rule is, given what could be read.</summary>
    public required double Confidence { get; init; }

    /// <summary>What the finding is about, and where it has to be mended.</summary>
    public required Subject Subject { get; init; }

    /// <summary>One sentence for people: who, what, where.</summary>
    public required string Message { get; init; }

    /// <summary>Why it matters: what the kernel does in this state.</summary>
    public required string Explanation { get; init; }

    /// <summary>What would show that the finding is wrong.</summary>
    public required string FalsifiedBy { get; init; }

    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>The mending commands in the order in which they are to be run; empty when no command can mend it.</summary>
    public IReadOnlyList<Remediation> Remediation { get; init; } = [];

    /// <summary>The directed tunnels that suffer.</summary>
    public IReadOnlyList<TunnelId> AffectedTunnels { get; init; } = [];
}

/// <summary>What a finding is about.</summary>
public sealed record Subject
{
    /// <summary>The node on which something has to change.</summary>
    public required string Node { get; init; }

    /// <summary>Network namespace name; null means the host's.</summary>
    public string? Namespace { get; init; }

    public string? Device { get; init; }

    /// <summary>Public key of the peer entry, base64.</summary>
    public string? PeerKey { get; init; }

    /// <summary>Name of the node at the peer's end, when it is known.</summary>
    public string? PeerNode { get; init; }

    public IpFamily? Family { get; init; }

    /// <summary>The prefixes in question.</summary>
    public IReadOnlyList<IpPrefix> Prefixes { get; init; } = [];
}

/// <summary>One thing that was read and speaks for the finding.</summary>
/// <param name="Node">Where it was read.</param>
/// <param name="What">What was read, in the words of the tool a person would use (<c>wg show flannel-wg allowed-ips</c>).</param>
/// <param name="Observed">What it said.</param>
/// <param name="Expected">What it should have said; null when there is no single right value.</param>
/// <param name="Source">The fact's source.</param>
public sealed record Evidence(string Node, string What, string Observed, string? Expected, string Source);

/// <summary>A command that mends, for a person to run.</summary>
/// <param name="Node">Where to run it.</param>
/// <param name="Command">One shell line; everything that came from facts is quoted.</param>
/// <param name="Scope">What it changes and for how long (e.g. "running device, until the CNI agent writes it again").</param>
/// <param name="Undo">The line that takes it back; null when there is nothing to take back.</param>
public sealed record Remediation(string Node, string Command, string Scope, string? Undo);
