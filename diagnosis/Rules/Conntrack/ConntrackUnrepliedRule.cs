// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Conntrack;

/// <summary>
/// Signal: the outer flow that the device opened to an endpoint has no packet back, the device tries, and there is no session. Threshold: the
/// observation must be longer than two retries. Trap: the first seconds, and keepalives to a peer that is meant to be gone. Never a cause by itself.
/// </summary>
internal sealed class ConntrackUnrepliedRule : IRule
{
    /// <summary>Two retries of five seconds each, and their jitter.</summary>
    private const double Retries = 11;

    public RuleDescriptor Descriptor { get; } = new("WG-CONNTRACK-UNREPLIED", Layer.Conntrack, Severity.Info, "The outer flow has no packet back")
    {
        Precedence = Rules.Precedence.Symptoms + 5,
        ConsequenceOnly = true,
        Explanation = "Connection tracking has an entry for WireGuard's packets to the endpoint and saw nothing come back with the addresses it expects: the response is lost, or comes from another address.",
        FalsifiedBy = "The entry is [ASSURED] a little later.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Node.Observed >= Retries
        from nat in device.Namespace.Facts.ConntrackFlows?.Value?.EndpointNat ?? []
        where nat is { Initiator: ConntrackInitiator.Device, ReplySeen: false } && nat.Device == device.RawName
        let peer = device.Peers.FirstOrDefault(peer => peer.Endpoint == nat.Endpoint)
        where peer is not null && Session.Tries(peer) && Session.State(peer, mesh.Thresholds) is SessionState.Never or SessionState.Old
        select new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} sends to {nat.Endpoint} for {device.Name}, and connection tracking saw nothing come back.",
            Confidence = 0.6,
            Entry = peer,
        }
        .Evidence(device, "conntrack -L -p udp", $"{nat.SourceAfterNat} to {nat.EndpointAfterNat} [UNREPLIED]", "[ASSURED]", "ctnetlink IPCTNL_MSG_CT_GET")
        .Build();
}
