// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Scale.Cluster;

namespace KubeWgDiag.Scale.Output;

/// <summary>What one kind of client asked of the server, for one node. Bodies only, without headers and TLS.</summary>
internal sealed record AgentFigures(double Requests, double Writes, double BytesSent, double BytesReceived)
{
    /// <summary>Sums up a sender's rows.</summary>
    /// <param name="statistics">All rows.</param>
    /// <param name="agent">The sender.</param>
    /// <param name="nodes">Nodes to divide by.</param>
    public static AgentFigures Of(ServerStatistics statistics, string agent, int nodes) => new(
        statistics.Sum(agent, row => row.Requests) / nodes,
        statistics.Sum(agent, row => row.Writes) / nodes,
        statistics.Sum(agent, row => row.BytesIn) / nodes,
        statistics.Sum(agent, row => row.BytesOut) / nodes);
}
