// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab.Networks;

/// <summary>A node: its namespaces and its one pod.</summary>
public sealed class LabNode(int number, int nodePid, int podPid)
{
    /// <summary>From 1.</summary>
    public int Number { get; } = number;

    public string Name => $"node-{Number}";

    /// <summary>The node itself.</summary>
    public NamespaceEntry Host { get; } = NamespaceEntry.Of($"node-{number}", nodePid, nodePid);

    /// <summary>The pod on the node: its own network namespace, everything else is the node's.</summary>
    public NamespaceEntry Pod { get; } = NamespaceEntry.Of($"pod-{number}", nodePid, podPid);

    /// <summary>Runs a shell line in the node, as a person logged in there would; <c>/</c> is read-only, <c>/run</c> is the node's own.</summary>
    public Task<CommandResult> RunAsync(string shellLine, CancellationToken ct = default) => RunIn(Host, shellLine, ct);

    /// <summary>Runs a shell line in the network of the node's pod.</summary>
    public Task<CommandResult> RunInPodAsync(string shellLine, CancellationToken ct = default) => RunIn(Pod, shellLine, ct);

    /// <summary>Runs a shell line in the node that has to succeed.</summary>
    /// <exception cref="LabException">It failed.</exception>
    public async Task<string> DoAsync(string shellLine, CancellationToken ct = default) =>
        (await RunAsync(shellLine, ct)).OutputOrThrow($"{Name}: {shellLine}");

    /// <summary>Feeds a batch to <c>ip</c> in the network of the node or its pod.</summary>
    internal static Task<string> IpAsync(NamespaceEntry where, IEnumerable<string> batch, CancellationToken ct) =>
        Command.OutputAsync(where.BuildArgv(["ip", "-batch", "-"]), string.Join('\n', batch) + "\n", ct);

    /// <summary>The same where the lines do not say the family by an address of theirs.</summary>
    internal static Task<string> IpAsync(NamespaceEntry where, Family family, IEnumerable<string> batch, CancellationToken ct) =>
        Command.OutputAsync(where.BuildArgv(["ip", family == Family.V4 ? "-4" : "-6", "-batch", "-"]), string.Join('\n', batch) + "\n", ct);

    private static Task<CommandResult> RunIn(NamespaceEntry where, string shellLine, CancellationToken ct) =>
        Command.RunAsync(where.Argv(["sh", "-c", shellLine]), input: null, limit: null, ct);
}
