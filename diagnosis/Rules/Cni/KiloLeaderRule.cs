// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: two nodes of one of Kilo's locations have their device up, or the one that is to lead has it down while another has it up.
/// Threshold: both nodes were read; location and granularity are annotated.
/// Traps: with full granularity every node leads itself; a preferred leader whose last sign of life is old was passed over on purpose.
/// </summary>
internal sealed class KiloLeaderRule : IRule
{
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(60);

    public RuleDescriptor Descriptor { get; } = new("WG-KILO-LEADER-CHANGE", Layer.Cni, Severity.Warning, "The leader of a location changed and not everyone followed")
    {
        Precedence = Rules.Precedence.ControlPlane + 13,
        ExplainedBy = ["WG-CNI-AGENT-DOWN"],
        Explanation = "One node of a location holds its tunnels, under its own key and address. After a change of leader the other locations have to learn both; until then they send "
            + "to a node that forwards nothing any more.",
        FalsifiedBy = "`ip link show kilo0` is up on one node of the location only, and that is the one the other locations have as their peer.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        if (mesh.Cluster.At is not { } now) yield break;
        var members = mesh.Devices
            .Where(device => device is { Namespace.IsHost: true, Link: not null } && mesh.OwnerOf(device).Is(KiloProfile.Value))
            .Select(device => (Device: device, Node: mesh.Cluster.Node(device.Node.Facts.Node)))
            .Where(item => item.Node?.Annotation(KnownAnnotations.KiloLocation) is { Length: > 0 } && item.Node.Annotation(KnownAnnotations.KiloGranularity) == "location")
            .ToList();
        foreach (var location in members.GroupBy(item => item.Node!.Annotation(KnownAnnotations.KiloLocation)!, StringComparer.Ordinal))
        {
            var up = location.Where(item => item.Device.Link!.Up).ToList();
            var passed = location.FirstOrDefault(item => !item.Device.Link!.Up && item.Node!.Annotation(KnownAnnotations.KiloLeader) is not null && IsAlive(item.Node, now));
            if (up.Count > 1) yield return Build(location.Key, up[0].Device, [.. up.Select(item => item.Device)], "up on more than one node");
            else if (up.Count == 1 && passed.Device is not null && up[0].Node!.Annotation(KnownAnnotations.KiloLeader) is null)
                yield return Build(location.Key, passed.Device, [up[0].Device, passed.Device], $"{passed.Device.Node.Name} is to lead and is down");
        }
    }

    private static bool IsAlive(ClusterNode node, DateTimeOffset now) =>
        long.TryParse(node.Annotation(KnownAnnotations.KiloLastSeen), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds is > 0 and < 253402300800 && (now - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= Alive;

    private RuleFinding Build(string location, DeviceView culprit, List<DeviceView> devices, string what)
    {
        var draft = new FindingDraft(Descriptor, culprit)
        {
            Message = $"Location {DisplayText.Name(location)} of Kilo has no single leader ({DisplayText.Join(devices.Select(device => device.Node.Name), 3)}): {what}.",
            Confidence = 0.85,
        };
        foreach (var device in devices) draft.Evidence(device, $"ip link show {device.Name}", device.Link!.Up ? "up" : "down", null, "rtnetlink");
        foreach (var entry in devices.SelectMany(device => device.HeldBy).Where(entry => !entry.Fact.Received.Grew && entry.Fact.Sent.Grew)) draft.Affects(entry, TunnelState.OneWay);
        return draft.Build();
    }
}
