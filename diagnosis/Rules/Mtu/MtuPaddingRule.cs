// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Signal: just below the largest size the loss goes up and down with the size modulo 16: WireGuard pads to 16 bytes, and the padding is not kept within the device's MTU.
/// Threshold: a swept range of 16 sizes or more below the device's MTU in which a size passes that is larger than a lost one of another remainder.
/// Traps: the plain kernel path caps the padding at the MTU and has one edge; without a sweep nothing is said.
/// </summary>
internal sealed class MtuPaddingRule : IRule
{
    private const int Block = 16;
    private const int EnoughSizes = 16;
    private const int EnoughSent = 3;

    public RuleDescriptor Descriptor { get; } = new("WG-MTU-PADDING-BPF", Layer.Mtu, Severity.Warning, "Padding makes some packets too large")
    {
        Precedence = Rules.Precedence.Data + 3,
        Reach = Reach.Tunnels,
        Explanation = "WireGuard fills packets up to a multiple of 16 bytes, but never beyond its device's MTU. Programs that redirect packets straight into the device pass that limit by, so packets "
            + "within 15 bytes of the MTU grow past what the underlay carries.",
        FalsifiedBy = "All sizes up to one limit pass and all above it do not.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from tunnel in mesh.Peers
        where tunnel.Device.Link is { Up: true } && Safe.List(tunnel.Device.Node.Facts.SizeTests).Count > 0
        let sweep = Safe.List(SizeTests.Of(tunnel, inside: true)?.Sweep).Where(size => size.Sent >= EnoughSent && size.Size <= tunnel.Device.Link!.Mtu).OrderBy(size => size.Size).ToList()
        where sweep.Count >= EnoughSizes && IsSawtooth(sweep)
        select Build(tunnel, sweep);

    // Each lost size would pass if it were padded to no more than the largest one that passes.
    private static bool IsSawtooth(List<SizeResult> sweep)
    {
        var largest = sweep.Where(size => size.Arrived * 2 > size.Sent).Select(size => size.Size).DefaultIfEmpty(0).Max();
        var lost = sweep.Where(size => size.Arrived == 0 && size.Size < largest).ToList();
        return lost.Count > 0 && largest % Block == 0 && lost.TrueForAll(size => largest - size.Size > 0) && sweep.Exists(size => size.Size < lost[0].Size && size.Arrived * 2 > size.Sent)
            && lost.Select(size => Padded(size.Size)).All(padded => padded > largest || sweep.Exists(other => other.Arrived == 0 && Padded(other.Size) == padded));
    }

    private static int Padded(int size) => (size + Block - 1) / Block * Block;

    private RuleFinding Build(PeerView tunnel, List<SizeResult> sweep)
    {
        var device = tunnel.Device;
        var lost = sweep.Where(size => size.Arrived == 0).Select(size => size.Size).ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"From {device.Node.Name} to {tunnel.RemoteName} packets of {lost[0]} bytes are lost while larger ones pass: their padding does not fit the underlay.",
            Confidence = 0.85,
            Entry = tunnel,
        };
        draft.Evidence(device, $"sizes {sweep[0].Size} to {sweep[^1].Size} through {device.Name}", $"lost: {DisplayText.Join(lost.Select(size => $"{size}"), 8)}", "one edge", "probe");
        draft.Mend(new NodeCommands(device).Mtu(device.Link!.Mtu - Block + 1, device.Link.Mtu));
        return draft.Affects(tunnel, TunnelState.Degraded).Build();
    }
}
