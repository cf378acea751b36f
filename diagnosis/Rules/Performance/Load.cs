// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>How much the tunnels of a node carried during the observation: findings about speed mean nothing without load.</summary>
internal static class Load
{
    public static ulong Bytes(DeviceView device) =>
        device.Peers.Aggregate(0UL, (sum, peer) => sum + (peer.Fact.Sent.Growth ?? 0) + (peer.Fact.Received.Growth ?? 0));

    /// <summary>The node's device with the most data; null when none carried so much.</summary>
    public static DeviceView? Busiest(NodeView node, ulong least) =>
        node.Devices.Where(device => Bytes(device) >= least).MaxBy(Bytes);
}
