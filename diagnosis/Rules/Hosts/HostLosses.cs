// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Interface;
using KubeWgDiag.Diagnosis.Rules.Route;

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>What devices of others lost on a node where a network manager was started again.</summary>
internal static class HostLosses
{
    /// <summary>Network managers start with the machine; what starts this long after it was started again.</summary>
    private static readonly TimeSpan Boot = TimeSpan.FromMinutes(5);

    private static readonly IRule[] Rules = [new PolicyRuleMissingRule()];
    private static readonly IRule[] Routes = [new RouteLostRule()];
    private static readonly IRule[] SomeRoutes = [new RouteMissingRule(), new AllowedIpsWithoutRouteRule()];
    private static readonly IRule[] Links = [new IfaceDownRule(), new IfaceNoAddressRule()];

    /// <summary>Routing rules that are gone.</summary>
    public static IEnumerable<RuleFinding> OfRules(MeshModel mesh) => Find(mesh, Rules);

    /// <summary>Routes that are gone all at once.</summary>
    public static IEnumerable<RuleFinding> OfRoutes(MeshModel mesh) => Find(mesh, Routes);

    /// <summary>Routes that are not there, which have many reasons.</summary>
    public static IEnumerable<RuleFinding> OfSomeRoutes(MeshModel mesh) => Find(mesh, SomeRoutes);

    /// <summary>Devices that were set down or lost their addresses.</summary>
    public static IEnumerable<RuleFinding> OfLinks(MeshModel mesh) => Find(mesh, Links);

    /// <summary>When the manager was started again, long after the machine; null when it was not, or that is not known.</summary>
    public static DateTimeOffset? Restart(NodeView node, DateTimeOffset? started) =>
        started is { } at && node.Facts.Host?.Clock?.Value is { } clock && at - clock.BootTime > Boot && at <= node.Facts.At ? at : null;

    /// <summary>True when the host's manager made the device itself, so that it is no foreign one.</summary>
    public static bool IsOwn(DeviceView device, NetworkManagerKind manager) => Outer.Configs(device).Any(config => config.Manager == manager);

    private static IEnumerable<RuleFinding> Find(MeshModel mesh, IRule[] rules) => rules.SelectMany(rule => rule.Evaluate(mesh)).Where(finding => finding.Device.Namespace.IsHost);
}
