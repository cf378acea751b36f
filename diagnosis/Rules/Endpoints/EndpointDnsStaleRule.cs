// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: the configuration names a host for a peer's endpoint, the name now resolves to addresses among which the device's endpoint is not, and the session is older than
/// 135 s.
/// Threshold: 135 s, 120 s of rekeying and 15 s of stopping to hear back (contrib/reresolve-dns of wireguard-tools); silent while no configuration was read.
/// Traps: names with many addresses in turn; an endpoint learnt by roaming has a living session.
/// </summary>
internal sealed class EndpointDnsStaleRule : IRule
{
    private static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(135);

    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-DNS-STALE", Layer.Handshake, Severity.Error, "The endpoint's name has another address now")
    {
        Precedence = Rules.Precedence.Peers + 7,
        StopsHandshake = true,
        Explanation = "WireGuard knows addresses only. A name is resolved once, when the device is set up, and nobody asks again when the address behind it changes.",
        FalsifiedBy = "The name resolves to the device's endpoint address, or the session is young.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices)
        {
            foreach (var config in Outer.Configs(device))
            {
                foreach (var configured in Safe.List(config.Peers))
                {
                    if (PublicKeys.Canonical(configured.PublicKey) is not { } key || device.PeerByKey(key) is not { Endpoint: { } endpoint } peer) continue;
                    if (configured.Resolved is not { Count: > 0 } addresses || addresses.Contains(endpoint.Address) || !Outer.Fails(mesh, peer)) continue;
                    if (Session.Age(peer) is not { } age || age > Suspicious) yield return Build(peer, config.Source, configured.Endpoint, addresses);
                }
            }
        }
    }

    private RuleFinding Build(PeerView peer, string source, string? name, IReadOnlyList<IpAddr> addresses)
    {
        var endpoint = peer.Endpoint!.Value;
        var draft = new FindingDraft(Descriptor, peer.Device)
        {
            Message = $"{peer.Device.Node.Name} sends to {endpoint.Address}, but the name of its endpoint for {peer.RemoteName} ({DisplayText.Name(name)}) now stands for {DisplayText.Join(addresses, 3)}.",
            Confidence = peer.Remote is { } remote && addresses.Any(address => Outer.Has(remote.Node, address)) ? 0.96 : 0.85,
            Severity = Severity.Critical,
            Entry = peer,
            Family = endpoint.Address.Family,
        };
        draft.Evidence(peer.Device, $"wg show {peer.Device.Name} endpoints", $"{peer.RemoteName} at {endpoint}", $"one of {DisplayText.Join(addresses, 3)}");
        draft.Evidence(peer.Device, DisplayText.Name(source), $"Endpoint = {DisplayText.Name(name)}", null, "configuration");
        draft.Affects(peer, TunnelState.NoHandshake);
        var same = addresses.Where(address => address.Family == endpoint.Address.Family).ToList();
        if (same.Count > 0) draft.Mend(new NodeCommands(peer.Device).PeerEndpoint(peer.Key, new IpEndpoint(same[0], endpoint.Port), endpoint));
        return draft.Build();
    }
}
