// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Facts.Sockets;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: a device without a socket whose port somebody else has in the same namespace: a kernel device that is down because it could not bind, or a userspace
/// device that is up and listens on nothing.
/// Threshold: none; silent where neither a second device nor the socket list shows who has the port.
/// Traps: the same port in two namespaces is fine, and a device that was moved has its socket elsewhere; a device that nobody has as a peer is a standby and only noted.
/// </summary>
internal sealed class PortInUseRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-PORT-IN-USE", Layer.Interface, Severity.Critical, "Another socket has the device's port")
    {
        Precedence = Rules.Precedence.Device,
        ExplainedBy = ["WG-CNI-DUPLICATE-OWNER"],
        StopsHandshake = true,
        Explanation = "A WireGuard device needs its UDP port for itself, in both families. When another device or program has it, the kernel refuses to set the device up; a userspace "
            + "one comes up without a socket and looks healthy.",
        FalsifiedBy = "`ss -ulnp` shows no other socket on the port, and `ip link set <device> up` succeeds.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices)
        {
            if (device.Fact.SocketNamespace is not null || device.Link is null) continue;
            var port = WantedPort(device);
            if (port == 0 || !LacksSocket(device)) continue;
            var other = device.Namespace.Devices.Find(one => one != device && one.Fact.ListenPort == port && one.Link is { Up: true } && one.Fact.SocketNamespace is null);
            var socket = other is null ? ForeignSocket(device, port) : null;
            if (other is not null || socket is not null) yield return Build(device, port, other, socket);
        }
    }

    // The kernel keeps the number of a device that is down; a userspace one forgets it, and only its peers know.
    private static ushort WantedPort(DeviceView device)
    {
        if (device.Fact.ListenPort != 0) return device.Fact.ListenPort;
        var configured = Outer.Configs(device).Select(config => config.ListenPort ?? 0).FirstOrDefault(port => port != 0);
        if (configured != 0) return configured;
        return device.HeldBy.Where(entry => entry.Endpoint is { } endpoint && Outer.Has(device.Node, endpoint.Address))
            .GroupBy(entry => entry.Endpoint!.Value.Port)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key)
            .Select(group => group.Key).FirstOrDefault();
    }

    private static bool LacksSocket(DeviceView device) => device.IsUserspace
        ? device.Fact.ListenPort == 0 && device.Link is { Up: true }
        : device.Link is { Up: false };

    private static UdpSocketFact? ForeignSocket(DeviceView device, ushort port) =>
        Safe.List(device.Namespace.Facts.UdpSockets?.Value?.Sockets).FirstOrDefault(socket => socket.LocalPort == port && socket.Remote is null && socket.BoundLink == 0
            && (socket.Devices ?? []).All(name => name == device.RawName));

    private RuleFinding Build(DeviceView device, ushort port, DeviceView? other, UdpSocketFact? socket)
    {
        var owner = socket is null ? null : Safe.List(device.Namespace.Facts.SocketOwners?.Value?.Owners).FirstOrDefault(one => one.Cookie == socket.Cookie);
        var process = owner?.Processes is [{ } first, ..] ? $"{DisplayText.Name(first.Name)} (pid {first.Pid})" : "another socket";
        var log = Safe.List(device.Node.Facts.Host?.KernelLog?.Value?.Lines).LastOrDefault(line => line.Topic == KernelLogTopic.WireGuard && line.Text?.Contains("Could not create IP", StringComparison.Ordinal) == true);
        // Peers that were looked at and do not know it make it a standby, as peers that are not there do.
        var wanted = device.HeldBy.Count > 0 || (device.PeerCount > 0 && !device.Peers.Any(peer => peer.Remote is not null));
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} cannot have UDP port {port}: {(other is null ? process : other.Name)} has it.",
            Confidence = log is not null ? 0.97 : device.HeldBy.Count > 0 || device.IsUserspace ? 0.9 : 0.75,
            Severity = wanted ? Descriptor.Severity : Severity.Info,
        };
        draft.Evidence(device, $"ip link show {device.Name}", device.IsUserspace ? "up, without a socket" : "down, so without a socket", $"a socket on port {port}");
        if (other is not null) draft.Evidence(other, $"wg show {other.Name} listen-port", $"{port}", "another port");
        if (socket is not null) draft.Evidence(device, "ss -ulnp", $"{socket.Local}:{port} {process}", null, "sock_diag");
        if (log is not null) draft.Evidence(device, "dmesg", DisplayText.Detail(log.Text), null, "/dev/kmsg");
        foreach (var peer in device.Peers) draft.Affects(peer, TunnelState.NoHandshake);
        foreach (var entry in device.HeldBy) draft.Affects(entry, TunnelState.NoHandshake);
        return draft.Build();
    }
}
