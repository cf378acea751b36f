// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>
/// Walks sample packets of every tunnel over its node, so that verdicts can be drawn from packet filters without the rule sets travelling. What to
/// walk comes from the facts alone. Pure beside the routes' oracles.
/// </summary>
public static class WalkSampler
{
    private const string Source = "packet walks over the kernel's routes and the packet filters";

    /// <summary>
    /// Ways through rules that cannot be decided, and rules looked at, for one packet at one hook. Beyond it the answer is "undetermined", which a rule
    /// set that asks for so much that is not known deserves.
    /// </summary>
    private static readonly EvaluationOptions Effort = new() { MaxPaths = 256, MaxRules = 1_000_000, MaxTrace = 0 };

    /// <summary>The facts with walks in every namespace that has tunnels.</summary>
    /// <param name="node">What was read.</param>
    /// <param name="spaces">The same namespaces in the same order, each with somebody who answers for its routes.</param>
    /// <param name="sampling">How much.</param>
    public static NodeFacts Walk(NodeFacts node, IReadOnlyList<WalkNamespace> spaces, WalkSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(spaces);
        ArgumentNullException.ThrowIfNull(sampling);
        // The engine's own view, so that both take the same networks for being behind the node.
        var views = MeshBuilder.Build(new DiagnosisInput([node], new Thresholds())).Nodes[0].Namespaces;
        var filters = new WalkFilters(sampling.Now, Effort);
        var walked = new List<NamespaceFacts>(node.Namespaces.Count);
        for (var i = 0; i < node.Namespaces.Count; i++)
        {
            var facts = node.Namespaces[i];
            walked.Add(i < views.Count && i < spaces.Count && views[i].Devices.Count > 0
                ? facts with { Walks = Walk(views[i], spaces[i], spaces, filters, sampling) }
                : facts);
        }

        return node with { Namespaces = walked };
    }

    // TCPOPT_MAXSEG of linux/tcp.h; operation 1 of nft_exthdr is a TCP option.
    private static bool? ClampsMss(WalkNamespace space) => space.Facts.Netfilter?.Value?.Tables
        .Any(table => table.Chains.Any(chain => chain.Rules.Any(rule => rule.Expressions.Any(expression => expression is ExtensionHeaderWrite { Header: 2, Operation: 1 } or XtTcpMssTarget))));

    private static Fact<IReadOnlyList<WalkFact>> Walk(
        NamespaceView view, WalkNamespace space, IReadOnlyList<WalkNamespace> spaces, WalkFilters filters, WalkSampling sampling)
    {
        var at = sampling.Now ?? view.Node.Facts.At;
        if (space.Facts.Netfilter is null or { Value: null, NotAvailable.Reason: not NotAvailableReason.NotPresent })
        {
            var reason = space.Facts.Netfilter?.NotAvailable;
            return new() { Source = Source, At = at, NotAvailable = new NotAvailable(reason?.Reason ?? NotAvailableReason.NotRequested, reason?.Detail ?? "the packet filters were not read") };
        }

        var tally = new WalkTally(ClampsMss(space));
        var runner = new SampleRunner(space, spaces, filters, new RuleFacts(sampling.Growth));
        foreach (var device in view.Devices) new DeviceSamples(device, runner, SocketRunner(device, runner), tally, sampling).Walk();
        var entries = tally.Entries;
        return new()
        {
            Source = Source,
            At = at,
            Value = entries.Count > sampling.MaxEntries ? [.. entries.Take(sampling.MaxEntries)] : entries,
            Seen = entries.Count > sampling.MaxEntries ? entries.Count : null,
        };

        // A device that was moved leaves its socket where it was made.
        SampleRunner? SocketRunner(DeviceView device, SampleRunner own) => device.Fact.SocketNamespace is not { } id || id == space.Facts.Id
            ? own
            : spaces.FirstOrDefault(other => other.Facts.Id == id) is { } there ? new SampleRunner(there, spaces, filters, new RuleFacts(sampling.Growth)) : null;
    }
}
