// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab;

/// <summary>Facts of all nodes of a lab in files: for the examples, and to look at a fault again without a lab.</summary>
public static class Recording
{
    /// <summary>Runs <c>kubewgdiag-probe facts</c> on all nodes at once and writes <c>node-N.json</c>.</summary>
    public static Task WriteAsync(LabNetwork lab, string probe, string folder, int observeSeconds, CancellationToken ct) =>
        WriteAsync(lab.Nodes, Shell.Quote(Path.GetFullPath(probe)), folder, observeSeconds, ct);

    /// <summary>
    /// The same for the nodes of any network; <paramref name="command"/> is the probe as the shell wants it, <paramref name="withPods"/> has it read the pods' networks too,
    /// <paramref name="before"/> is what stands before it on a node, for example a program that takes rights away.
    /// </summary>
    public static async Task WriteAsync(
        IReadOnlyList<LabNode> nodes, string command, string folder, int observeSeconds, CancellationToken ct, bool withPods = false, Func<LabNode, string>? before = null)
    {
        Directory.CreateDirectory(folder);
        var line = $"{command} facts --observe {observeSeconds}{(withPods ? $" $({PodNamespace})" : "")}";
        var limit = TimeSpan.FromSeconds(observeSeconds + 60);
        await Task.WhenAll(nodes.Select(async node =>
        {
            var facts = await Command.RunAsync(node.Host.Argv(["sh", "-c", $"DOTNET_EnableDiagnostics=0 {before?.Invoke(node)} {line}"]), input: null, limit, ct);
            await File.WriteAllTextAsync(Path.Combine(folder, $"{node.Name}.json"), facts.OutputOrThrow($"probe on {node.Name}"), ct);
        }));
    }

    // The pod's first process is the oldest that is in another network than the node.
    private const string PodNamespace =
        "for p in $(ls -d /proc/[0-9]* | sort -t / -k 3n); do "
        + "[ \"$(readlink $p/ns/net)\" = \"$(readlink /proc/self/ns/net)\" ] || { echo --netns $p/ns/net; break; }; done";
}
