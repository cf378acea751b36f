// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Networks;

/// <summary>How to get into the namespaces of a node or a pod: <c>nsenter</c> by the host's pid of the process that holds them.</summary>
/// <param name="Name">Who it is, for messages.</param>
/// <param name="NodePid">Pid that holds the PID, mount and UTS namespaces.</param>
/// <param name="NetworkPid">Pid that holds the network namespace; a pod's differs from its node's.</param>
public sealed record NamespaceEntry(string Name, int NodePid, int NetworkPid)
{
    /// <summary>The command line that runs <paramref name="command"/> inside; whatever it starts dies with the node.</summary>
    public IReadOnlyList<string> Argv(IReadOnlyList<string> command) =>
    [
        "nsenter", $"--net=/proc/{NetworkPid}/ns/net", $"--mount=/proc/{NodePid}/ns/mnt", $"--pid=/proc/{NodePid}/ns/pid",
        $"--uts=/proc/{NodePid}/ns/uts", "--", .. command,
    ];

    /// <summary>The same without the PID namespace: <c>ip link ... netns PID</c> then understands the host's pids.</summary>
    public IReadOnlyList<string> BuildArgv(IReadOnlyList<string> command) =>
        ["nsenter", $"--net=/proc/{NetworkPid}/ns/net", $"--mount=/proc/{NodePid}/ns/mnt", "--", .. command];
}
