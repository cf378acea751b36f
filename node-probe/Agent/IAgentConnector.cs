// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Makes an agent with the credentials of the pod that it runs in.</summary>
public interface IAgentConnector
{
    /// <summary>Reads the credentials; nothing is sent yet.</summary>
    /// <param name="settings">Who the agent is.</param>
    /// <param name="log">Where it speaks.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="problem">Why this is no pod with credentials.</param>
    bool TryConnect(AgentSettings settings, AgentLog log, [NotNullWhen(true)] out ProbeAgent? agent, [NotNullWhen(false)] out string? problem);
}
