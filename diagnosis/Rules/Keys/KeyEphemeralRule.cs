// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Peers;

namespace KubeWgDiag.Diagnosis.Rules.Keys;

/// <summary>
/// Signal: a node has a new key since it was booted or since its device was made anew, and somebody still uses the old one.
/// Threshold: 120 s since the holder of the old key last heard from the node; sooner it is a race that ends by itself.
/// Traps: new keys after a restart are normal for Flannel, Calico, Antrea and Cilium; it is a fault only while somebody holds the old one.
/// </summary>
internal sealed class KeyEphemeralRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-KEY-EPHEMERAL", Layer.Handshake, Severity.Warning, "A restart made a new key and not everyone knows it")
    {
        Precedence = Rules.Precedence.Peers + 1,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "The key lives in the kernel or on a tmpfs, so that each reboot or restart makes a new one. Whoever missed the announcement goes on sending to the old key, which "
            + "nobody has any more.",
        FalsifiedBy = "The key file is older than the last boot, and `wg show <device> public-key` prints the key that the others hold.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => PeerDrift.Find(mesh)
        .Where(pair => pair.Data.Stale is not null && KeyHistory.WasMadeAnew(pair))
        .GroupBy(pair => pair.About)
        .Select(group => Build(group.Key, [.. group]));

    private RuleFinding Build(DeviceView device, List<Pair<AbsentPeer>> pairs)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} was made anew with another key; {DisplayText.Join(pairs.Select(pair => pair.Holder.Node.Name), 3)} still {(pairs.Count == 1 ? "holds" : "hold")} the old one.",
            Confidence = 0.85,
            Severity = Severity.Error,
        };
        foreach (var pair in pairs)
        {
            draft.Evidence(pair.Holder, $"wg show {pair.Holder.Name} latest-handshakes", $"{PublicKeys.Short(pair.Data.Stale!.Key)}: {Session.Age(pair.Data.Stale)!.Value.TotalSeconds:0} s ago, under the old key", null);
            draft.Mend(PeerRepair.Commands(pair));
            draft.Affects(pair.Data.Stale, TunnelState.NoHandshake).Affects(pair.Data.Asked, TunnelState.NoHandshake);
        }

        draft.Evidence(device, $"wg show {device.Name}", $"public key {device.Key}, no handshake from before", null);
        if (device.Node.Facts.Host?.Clock?.Value is { UptimeSeconds: > 0 } clock) draft.Evidence(device, "uptime", $"{clock.UptimeSeconds:0} s", null, "/proc/uptime");
        return draft.Build();
    }
}
