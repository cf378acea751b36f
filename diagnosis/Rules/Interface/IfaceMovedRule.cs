// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: a device of the kernel's sits in another namespace than its UDP socket, and has neither address nor route there: what a move takes from it and nobody gave
/// back. A device that is down has no socket that could tell where it was made: there the node's lack of one in its host's namespace tells, where others wait for it.
/// Threshold: the other devices of its mesh are in their host's namespace; on a single host it is a note.
/// Traps: a device that was moved into a container and set up there (up, with an address or routes) is a design, not a fault.
/// </summary>
internal sealed class IfaceMovedRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-IFACE-MOVED-NETNS", Layer.Namespace, Severity.Error, "The device was moved to another namespace")
    {
        Precedence = Rules.Precedence.Device,
        // Only a device that is up keeps its socket.
        StopsHandshake = true,
        Explanation = "A device that changes its namespace goes down and loses its addresses and routes. Its UDP socket stays where it was made, so that handshakes may even "
            + "stay fresh while the host has no way into the tunnel.",
        FalsifiedBy = "The namespace that has the device is the one whose pods use it, and it is set up there.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device is { Namespace.IsHost: false, Link: not null, PeerCount: > 0 } && IsStranded(device)
        let siblings = mesh.Siblings(device).ToList()
        let atHome = siblings.Count(other => other.Namespace.IsHost)
        where siblings.Count == 0 || atHome * 2 > siblings.Count
        select Build(device, atHome);

    private static bool IsStranded(DeviceView device) =>
        device.Fact.SocketNamespace is { } birth
            ? birth != device.Namespace.Facts.Id && (!device.Link!.Up || IsBare(device))
            : IsBare(device) && IsMissedAtHome(device);

    private static bool IsBare(DeviceView device) =>
        !device.Namespace.AddressesOn(device.Link!.Index).Any(address => !address.Address.IsLinkLocal) && !device.Namespace.RoutesVia(device.Link.Index).Any();

    // Others send to the node's own addresses, and the host has no device of that mesh.
    private static bool IsMissedAtHome(DeviceView device) =>
        device is { IsUserspace: false, Link: { Kind: "wireguard", Up: false } }
        && device.HeldBy.Exists(entry => entry.Endpoint is { } endpoint && device.Node.Namespaces.Exists(ns => ns.IsHost && ns.Addresses.Any(own => own.Address == endpoint.Address)))
        && !device.Node.Devices.Any(other => other.Namespace.IsHost && (other.RawName == device.RawName || other.Key == device.Key));

    private RuleFinding Build(DeviceView device, int atHome)
    {
        var ns = device.Namespace;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} of {device.Node.Name} is in the namespace {ns.Name}, {(device.Link!.Up ? "without address and route" : "down")}{(device.Link.Up ? "; its socket is still where it was made." : ", and its peers look for it at the node's own address.")}",
            Confidence = atHome == 0 ? 0.5 : device.Fact.SocketNamespace is null ? 0.85 : 0.93,
            Severity = atHome > 0 ? Descriptor.Severity : Severity.Info,
        };
        draft.Evidence(ns, $"ip link show {device.Name}", device.Link.Up ? "no address, no route" : "no UP flag", atHome > 0 ? $"in the host's namespace, as on {atHome} other nodes" : null);
        if (device.Fact.SocketNamespace is { } birth) draft.Evidence(ns, "namespace of the UDP socket", DisplayText.Name(birth), DisplayText.Name(ns.Facts.Id), "sock_diag");
        // Process 1 of the host stands for its namespace.
        draft.Mend(new NamespaceCommands(ns).MoveLink(device.Link, pid: 1));
        foreach (var peer in device.Peers) draft.Affects(peer, TunnelState.NotRoutedIn);
        foreach (var entry in device.HeldBy) draft.Affects(entry, device.Link.Up ? TunnelState.DroppedAfterDecrypt : TunnelState.NoHandshake);
        return draft.Build();
    }
}
