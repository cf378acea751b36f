// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>What became of a packet.</summary>
public enum FilterVerdict
{
    Accepted,
    Dropped,

    /// <summary>Dropped, with an answer to the sender.</summary>
    Rejected,

    /// <summary>Given to a program in user space, which decides.</summary>
    Queued,

    /// <summary>Taken out of the stack (synproxy, a flow's fast path, a forwarding to another device).</summary>
    Stolen,

    /// <summary>It depends on something that is not known, or cannot be.</summary>
    Undetermined,
}

/// <summary>An expression that could not be decided, and on which the outcome depends.</summary>
/// <param name="Expression">Kernel name of the expression with its key, e.g. <c>meta skuid</c>, <c>limit</c>.</param>
/// <param name="Rule">Where it stands; null when it is not a rule's (an order of chains, NAT of a known connection).</param>
/// <param name="Missing">What was missing.</param>
public sealed record UndecidedExpression(string Expression, RuleReference? Rule, string Missing);

/// <summary>A change a rule made to the packet.</summary>
/// <param name="Kind"><c>snat</c>, <c>dnat</c>, <c>masquerade</c>, <c>redirect</c>, <c>netmap</c>, <c>tproxy</c>, <c>payload</c>, <c>mark</c>, <c>ct mark</c>, <c>notrack</c>, or <c>connection</c> for the NAT of a known connection.</param>
/// <param name="To">What it became, in words.</param>
/// <param name="Rule">The rule; null for the NAT of a known connection.</param>
public sealed record PacketRewrite(string Kind, string To, RuleReference? Rule);
