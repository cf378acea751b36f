// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>The address and routes that a device should have in a family and has not, as commands, inferred from its siblings.</summary>
internal static class InterfaceRepair
{
    public static IEnumerable<Remediation?> Commands(MeshModel mesh, DeviceView device, IpFamily family)
    {
        var commands = new NodeCommands(device);
        if (!device.Addresses(family).Any() && AddressConvention.AddressFor(mesh, device, family) is var (address, length))
            yield return commands.AddAddress(address, length);

        // Only where the siblings route at all: meshes without routes (Cilium) must not get any.
        if (!mesh.Siblings(device).Any(sibling => sibling.RoutesInto(family).Any())) yield break;
        var lost = device.Peers.SelectMany(peer => peer.AllowedIps)
            .Where(prefix => prefix.Family == family && !prefix.IsDefault && !device.HasRouteFor(prefix))
            .ToList();
        foreach (var (destination, like) in RouteConvention.RoutesFor(mesh, device, lost))
            yield return commands.AddRoute(destination, like);
    }
}
