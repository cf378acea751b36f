// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Offload;

/// <summary>
/// Signal: a userspace tunnel program's log says that sending failed with EIO, EINVAL or EMSGSIZE while the uplink segments UDP in hardware.
/// Threshold: two errors during the observation.
/// Traps: the kernel's WireGuard does not use this; packets larger than the MTU in a local capture are normal; without the program's log nothing is said.
/// </summary>
internal sealed class UdpSegmentationRule : IRule
{
    private const ulong Least = 2;
    private const string Feature = "tx-udp-segmentation";

    private static readonly string[] Errors = ["EIO", "EINVAL", "EMSGSIZE"];

    public RuleDescriptor Descriptor { get; } = new("WG-OFFLOAD-GSO-UDP", Layer.Performance, Severity.Error, "The uplink fails to segment UDP")
    {
        Precedence = Rules.Precedence.Data + 3,
        Reach = Reach.Node,
        Explanation = "Userspace programs hand many datagrams to the kernel in one piece and let the card cut it. Some drivers and kernels fail at that: small packets pass, large transfers stall.",
        FalsifiedBy = "`ethtool -K <uplink> tx-udp-segmentation off` changes nothing.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.IsUserspace
        let errors = Safe.List(device.Node.Facts.Host?.SendErrors).Where(error => error.Device == device.RawName && Errors.Contains(error.Error) && error.Count.Growth >= Least).ToList()
        where errors.Count > 0
        let uplink = Uplink(device)
        where uplink is not null
        select Build(device, errors, uplink);

    private static string? Uplink(DeviceView device) => Safe.List(device.Namespace.Facts.Offloads)
        .Where(group => Safe.List(group.Active).Contains(Feature))
        .SelectMany(group => group.Links ?? []).Where(device.Namespace.UnderlayLinks.Contains)
        .Select(device.Namespace.LinkName).FirstOrDefault();

    private RuleFinding Build(DeviceView device, List<TunnelSendErrorFact> errors, string uplink)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{DisplayText.Name(errors[0].Process)} on {device.Node.Name} could not send {errors[0].Count.Growth} times ({errors[0].Error}); {uplink} segments UDP in hardware.",
            Confidence = 0.85,
        };
        foreach (var error in errors) draft.Evidence(device, $"log of {DisplayText.Name(error.Process)}: {error.Error}", $"+{error.Count.Growth}", "+0", "log");
        draft.Evidence(device, $"ethtool -k {uplink}: {Feature}", "on", "off", "genetlink ethtool");
        foreach (var peer in device.Peers.Where(peer => peer.Fact.Sent.Grew)) draft.Affects(peer, TunnelState.Degraded);
        return draft.Build();
    }
}
