// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Kernel;

/// <summary>
/// Signal: a kernel device receives in threads of its own, takes nothing from one peer that sends data on a session that both know, and takes data from another.
/// Threshold: a window that both ends share; ten data packets; not one byte from this peer.
/// Traps: an idle peer; a peer whose packets are lost on the way looks the same but for the threads, so the confidence is low and switching them off decides.
/// </summary>
internal sealed class ThreadedStallRule : IRule
{
    private const ulong LeastSent = 1280;

    public RuleDescriptor Descriptor { get; } = new("WG-NAPI-THREADED-STALL", Layer.Platform, Severity.Error, "A receiving thread of the device stands still")
    {
        Precedence = Rules.Precedence.Device + 7,
        Explanation = "With threaded NAPI each peer of a WireGuard device has a kernel thread that delivers what was decrypted. Some kernels lose its wake-up: from that moment nothing of that one peer arrives, while "
            + "handshakes and all other peers go on.",
        FalsifiedBy = "`echo 0 > /sys/class/net/<device>/threaded` does not bring the peer back at once.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where !device.IsUserspace && device.Namespace.IsHost && Safe.List(device.Node.Facts.Host?.ThreadedDevices).Contains(device.RawName)
        where device.Peers.Any(peer => Traffic.IsData(peer.Fact.Received, peer))
        from peer in device.Peers
        let far = peer.Reverse
        where far is { IsCounted: false } && peer.Fact.Received.Growth == 0 && far.Fact.Sent.Growth >= LeastSent && Traffic.IsData(far.Fact.Sent, far)
        where Session.State(peer, mesh.Thresholds) == SessionState.Fresh && Session.State(far, mesh.Thresholds) == SessionState.Fresh
        where Math.Abs((device.Node.Facts.At - far.Device.Node.Facts.At).TotalSeconds) <= Math.Min(device.Node.Observed, far.Device.Node.Observed) / 4
        select Build(device, peer, far);

    private RuleFinding Build(DeviceView device, PeerView peer, PeerView far)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Name} on {device.Node.Name} receives nothing from {peer.RemoteName}, which sent {far.Fact.Sent.Growth} bytes; other peers are heard, and the device receives in threads.",
            Confidence = 0.6,
            Entry = peer,
        };
        draft.Evidence(device, $"/sys/class/net/{device.Name}/threaded", "1", "0", "/sys/class/net");
        draft.Evidence(device, $"wg show {device.Name} transfer: received from {peer.RemoteName}", "+0", $"about +{far.Fact.Sent.Growth}");
        draft.Evidence(far.Device, $"wg show {far.Device.Name} transfer: sent to {device.Node.Name}", $"+{far.Fact.Sent.Growth}", null);
        draft.Mend(new NodeCommands(device).NotThreaded());
        return draft.Affects(far, TunnelState.OneWay).Build();
    }
}
