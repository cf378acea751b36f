// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>
/// Signal: wg-quick's file and the device do not have the same peers, or a peer has other AllowedIPs.
/// Threshold: keys and prefixes are compared, endpoints are not: they roam. Peers that only the device has are a note.
/// Traps: the device's own key in the file, which WireGuard ignores (WG-KEY-SELF-PEER); files that were read in part; commands of PostUp may add peers; several files for one device; ports are WG-LISTEN-PORT-DRIFT.
/// </summary>
internal sealed class ConfigDriftRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-WGQUICK-CONFIG-DRIFT", Layer.Platform, Severity.Warning, "wg-quick's file and the device differ")
    {
        Precedence = Rules.Precedence.ControlPlane + 17,
        Explanation = "wg-quick reads its file when the device comes up, and with SaveConfig writes it when the device goes down. Edits of the file do not reach a running device, and what "
            + "was set on the device is gone after a restart.",
        FalsifiedBy = "`wg-quick strip <device>` and `wg showconf <device>` have the same peers and AllowedIPs.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices.Where(device => device is { Namespace.IsHost: true, PeersComplete: true }))
        {
            if (Outer.Configs(device).Where(config => config.Manager == NetworkManagerKind.WgQuick).ToList() is not [{ Complete: not false } file]) continue;
            var drift = Compare(device, file);
            if (drift.Missing.Count + drift.Changed.Count + drift.Extra.Count > 0) yield return Build(mesh, device, file, drift);
        }
    }

    private static Drift Compare(DeviceView device, TunnelConfigFact file)
    {
        var wanted = new Dictionary<string, ConfiguredPeerFact>(StringComparer.Ordinal);
        // A prefix that stands at two peers goes to the later one, as in the kernel.
        var owners = new Dictionary<IpPrefix, string>();
        foreach (var peer in Safe.List(file.Peers))
        {
            if (PublicKeys.Canonical(peer.PublicKey) is not { } key || key == device.Key) continue;
            wanted[key] = peer;
            foreach (var prefix in peer.AllowedIps ?? []) owners[prefix] = key;
        }

        foreach (var (key, peer) in wanted.ToList())
        {
            if (peer.AllowedIps is { } prefixes) wanted[key] = peer with { AllowedIps = [.. prefixes.Where(prefix => owners[prefix] == key)] };
        }

        var missing = wanted.Where(item => device.Holds(item.Key) == false).Select(item => item.Value).ToList();
        var changed = device.Peers.Where(peer => wanted.TryGetValue(peer.Key, out var there) && there.AllowedIps is { } prefixes && !Same(prefixes, peer.AllowedIps)).ToList();
        var extra = file.HasHooks ? [] : device.Peers.Where(peer => !wanted.ContainsKey(peer.Key)).ToList();
        return new Drift(missing, changed, extra, wanted);
    }

    private static bool Same(IReadOnlyList<IpPrefix> one, IReadOnlyList<IpPrefix> other) => one.ToHashSet().SetEquals(other);

    private RuleFinding Build(MeshModel mesh, DeviceView device, TunnelConfigFact file, Drift drift)
    {
        var path = DisplayText.Name(file.Source);
        var onlyExtra = drift.Missing.Count + drift.Changed.Count == 0;
        // Somebody observed holds this device and waits for it.
        var awaited = drift.Missing.Select(peer => Awaiting(mesh, device, peer.PublicKey)).OfType<PeerView>().ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} {path} and {device.Name} differ: {drift.Missing.Count} peers only in the file, {drift.Extra.Count} only on the device, {drift.Changed.Count} with other AllowedIPs"
                + (file.SavesItself ? "; SaveConfig overwrites the file when the device goes down." : "."),
            Confidence = 0.9,
            Severity = onlyExtra ? Severity.Info : awaited.Count > 0 ? Severity.Error : Descriptor.Severity,
            Entry = drift.Changed.Count == 1 && drift.Missing.Count == 0 ? drift.Changed[0] : null,
        };
        foreach (var peer in drift.Missing.Take(6)) draft.Evidence(device, $"wg show {device.Name} peers", "not there", $"{PublicKeys.Short(PublicKeys.Canonical(peer.PublicKey)!)} as in {path}");
        foreach (var peer in drift.Changed.Take(6))
        {
            var prefixes = drift.Wanted[peer.Key].AllowedIps!;
            draft.Evidence(device, $"wg show {device.Name} allowed-ips", $"{PublicKeys.Short(peer.Key)}: {DisplayText.Join(peer.AllowedIps)}", $"{DisplayText.Join(prefixes)} as in {path}");
            draft.Mend(new NodeCommands(device).PeerAllowedIps(peer.Key, [.. prefixes], peer.AllowedIps));
            draft.Affects(peer, TunnelState.Degraded);
        }

        foreach (var peer in drift.Extra.Take(6)) draft.Evidence(device, path, "not there", $"{PublicKeys.Short(peer.Key)} as on the device", "host files");
        foreach (var entry in awaited) draft.Affects(entry, TunnelState.NoHandshake);
        return draft.Build();
    }

    private static PeerView? Awaiting(MeshModel mesh, DeviceView device, string key) => PublicKeys.Canonical(key) is { } canonical && device.Key is { } own
        ? mesh.Devices.FirstOrDefault(other => other.Key == canonical)?.PeerByKey(own)
        : null;

    private sealed record Drift(List<ConfiguredPeerFact> Missing, List<PeerView> Changed, List<PeerView> Extra, Dictionary<string, ConfiguredPeerFact> Wanted);
}
