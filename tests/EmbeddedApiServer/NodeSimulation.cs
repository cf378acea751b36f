// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer;

/// <summary>How the nodes behave that have no processes (<see cref="EmbeddedNode.Simulated"/>).</summary>
public sealed record NodeSimulation
{
    /// <summary>Of the delays below.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>From the moment a pod is placed until its container runs or fails, drawn for each pod from the seed and the node's name.</summary>
    public (TimeSpan Least, TimeSpan Most) StartDelay { get; init; } = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));

    /// <summary>How long a container of a crash loop lives.</summary>
    public TimeSpan CrashAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Every node renews its lease and its heartbeat this often; null: never. A kubelet does it every 10 s.</summary>
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>What the scheduler says of a node that is full.</summary>
    public string FullMessage { get; init; } = "Insufficient cpu";

    /// <summary>What a container of a crash loop leaves behind.</summary>
    public string TerminationMessage { get; init; } = "cannot open netlink socket: operation not permitted";

    /// <summary>Nodes with addresses and pod networks of their own, all simulated and healthy.</summary>
    /// <param name="count">1 to 65,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no addresses for so many.</exception>
    public static IReadOnlyList<EmbeddedNode> Nodes(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 65_000);
        return
        [
            .. Enumerable.Range(1, count).Select(index =>
                new EmbeddedNode($"node-{index}", new Dictionary<string, string>(), [$"198.18.{index / 256}.{index % 256}"], [$"10.{128 + (index / 4096)}.{index / 16 % 256}.{index % 16 * 16}/28"])
                {
                    Simulated = NodeBehaviour.Healthy,
                }),
        ];
    }
}
