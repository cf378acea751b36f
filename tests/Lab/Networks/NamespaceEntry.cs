// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Networks;

/// <summary>How to get into the namespaces of a node or a pod: <c>nsenter</c> by the host's pid of the process that holds them.</summary>
public sealed class NamespaceEntry
{
    private readonly IReadOnlyList<string> _inside;
    private readonly IReadOnlyList<string> _building;

    private NamespaceEntry(string name, int networkPid, IReadOnlyList<string> inside, IReadOnlyList<string> building)
    {
        Name = name;
        NetworkPid = networkPid;
        _inside = inside;
        _building = building;
    }

    /// <summary>Who it is, for messages.</summary>
    public string Name { get; }

    /// <summary>Host pid of the process that holds the network namespace.</summary>
    public int NetworkPid { get; }

    /// <summary>A node, or a pod, whose network differs from its node's.</summary>
    /// <param name="name">Who it is.</param>
    /// <param name="nodePid">Holds the PID, mount and UTS namespaces.</param>
    /// <param name="networkPid">Holds the network namespace.</param>
    public static NamespaceEntry Of(string name, int nodePid, int networkPid)
    {
        var network = $"--net=/proc/{networkPid}/ns/net";
        var mount = $"--mount=/proc/{nodePid}/ns/mnt";
        return new NamespaceEntry(
            name,
            networkPid,
            ["nsenter", network, mount, $"--pid=/proc/{nodePid}/ns/pid", $"--uts=/proc/{nodePid}/ns/uts", "--"],
            ["nsenter", network, mount, "--"]);
    }

    /// <summary>The machine's own network and files, but inside the lab's PID namespace, so that what runs there dies with the lab.</summary>
    public static NamespaceEntry Supervised(string name, int rootPid) =>
        new(name, Environment.ProcessId, ["nsenter", $"--pid=/proc/{rootPid}/ns/pid", "--", "unshare", "--mount", "--"], []);

    /// <summary>The command line that runs <paramref name="command"/> inside; whatever it starts dies with the node.</summary>
    public IReadOnlyList<string> Argv(IReadOnlyList<string> command) => [.. _inside, .. command];

    /// <summary>The same without the PID namespace: <c>ip link ... netns PID</c> then understands the host's pids.</summary>
    public IReadOnlyList<string> BuildArgv(IReadOnlyList<string> command) => [.. _building, .. command];
}
