// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Mending;

/// <summary>Builds mending commands for one device. Every method gives null where no safe command can be written.</summary>
internal sealed class NodeCommands(DeviceView device)
{
    private const string Running = "running system only; the CNI agent, wg-quick or the network manager that made the device may write it again";
    private const int LineLimit = 8192;

    private readonly string? _dev = Shell.Word(device.RawName);

    public Remediation? LinkUp() => Make(Shell.Line("ip link set dev", _dev, "up"), Shell.Line("ip link set dev", _dev, "down"));

    public Remediation? Mtu(int wanted, int current) => Make(
        Shell.Line("ip link set dev", _dev, "mtu", Number(wanted)),
        Shell.Line("ip link set dev", _dev, "mtu", Number(current)));

    /// <summary>Receiving in the softirqs of whoever comes, instead of threads.</summary>
    public Remediation? NotThreaded() => _dev is null || _dev != device.RawName
        ? null
        : Make(Write("0"), Write("1"), "running system only; the device itself stays");

    public Remediation? AddAddress(IpAddr address, int length)
    {
        var text = $"{address}/{Number(length)}";
        return Make(Shell.Line(Ip(address.Family), "addr add", text, "dev", _dev), Shell.Line(Ip(address.Family), "addr del", text, "dev", _dev));
    }

    public Remediation? ListenPort(ushort wanted, ushort current) => Make(
        Shell.Line("wg set", _dev, "listen-port", Number(wanted)),
        Shell.Line("wg set", _dev, "listen-port", Number(current)));

    public Remediation? PeerEndpoint(string key, IpEndpoint wanted, IpEndpoint? current) => Make(
        Shell.Line("wg set", _dev, "peer", Shell.Word(key), "endpoint", Shell.Word(wanted.ToString())),
        current is { } old ? Shell.Line("wg set", _dev, "peer", Shell.Word(key), "endpoint", Shell.Word(old.ToString())) : null);

    /// <summary>Seconds between keepalives; 0 = off.</summary>
    public Remediation? Keepalive(string key, ushort wanted, ushort current) => Make(
        Shell.Line("wg set", _dev, "peer", Shell.Word(key), "persistent-keepalive", Number(wanted)),
        Shell.Line("wg set", _dev, "peer", Shell.Word(key), "persistent-keepalive", current == 0 ? "off" : Number(current)));

    /// <summary>Deletes one entry of connection tracking; the next packet makes a new one by the rules of now.</summary>
    public Remediation? ForgetFlow(IpAddr source, ushort sourcePort, IpAddr destination, ushort destinationPort) => Make(
        Shell.Line("conntrack -D", source.Family == IpFamily.IPv6 ? "-f ipv6" : "-f ipv4", "-p udp --orig-src", source.ToString(), "--orig-dst", destination.ToString(),
            "--sport", Number(sourcePort), "--dport", Number(destinationPort)),
        undo: null,
        scope: "this flow only; its next packet is tracked anew");

    /// <summary>Replaces the whole list: the tool has no way to add one prefix that every version knows.</summary>
    public Remediation? PeerAllowedIps(string key, IReadOnlyCollection<IpPrefix> wanted, IReadOnlyCollection<IpPrefix> current) => Make(
        Shell.Line("wg set", _dev, "peer", Shell.Word(key), "allowed-ips", List(wanted)),
        Shell.Line("wg set", _dev, "peer", Shell.Word(key), "allowed-ips", List(current)));

    public Remediation? AddPeer(PeerRecipe recipe)
    {
        var line = Shell.Line("wg set", _dev, "peer", Shell.Word(recipe.Key), "allowed-ips", List(recipe.AllowedIps));
        if (line is null) return null;
        if (recipe.Endpoint is { } endpoint) line += $" endpoint {Shell.Word(endpoint.ToString())}";
        if (recipe.PersistentKeepalive > 0) line += $" persistent-keepalive {Number(recipe.PersistentKeepalive)}";
        var scope = recipe.NeedsPresharedKey ? $"{Running}; the other end uses a preshared key, which this line cannot give" : Running;
        return Make(line, Shell.Line("wg set", _dev, "peer", Shell.Word(recipe.Key), "remove"), scope);
    }

    public Remediation? RemovePeer(PeerView peer)
    {
        var undo = Shell.Line("wg set", _dev, "peer", Shell.Word(peer.Key), "allowed-ips", List(peer.AllowedIps));
        if (undo is not null && peer.Endpoint is { } endpoint) undo += $" endpoint {Shell.Word(endpoint.ToString())}";
        return Make(Shell.Line("wg set", _dev, "peer", Shell.Word(peer.Key), "remove"), undo);
    }

    public Remediation? AddRoute(IpPrefix destination, RouteFact? like = null)
    {
        var source = like?.PreferredSource is { } preferred && device.Addresses(destination.Family).Any(own => own.Address == preferred)
            ? $" src {preferred}"
            : "";
        var scope = destination.Family == IpFamily.IPv4 ? " scope link" : "";
        return Make(
            Shell.Line(Ip(destination.Family), "route add", destination.ToString(), "dev", _dev) + scope + source,
            Shell.Line(Ip(destination.Family), "route del", destination.ToString(), "dev", _dev));
    }

    /// <summary>Deletes exactly this route, not another one to the same destination.</summary>
    public Remediation? DeleteRoute(RouteFact route)
    {
        var words = DescribeRoute(route);
        return words is null ? null : Make($"{Ip(route.Destination.Family)} route del {words}", $"{Ip(route.Destination.Family)} route add {words}");
    }

    /// <summary>Gives a route another preferred source.</summary>
    public Remediation? RouteSource(RouteFact route, IpAddr wanted)
    {
        if (DescribeRoute(route) is not { } words) return null;
        var replace = $"{Ip(route.Destination.Family)} route replace {words}{(route.Scope == 253 && route.Destination.Family == IpFamily.IPv4 ? " scope link" : "")}";
        return Make($"{replace} src {wanted}", route.PreferredSource is { } current ? $"{replace} src {current}" : replace);
    }

    public Remediation? Sysctl(string name, long wanted, long current, string? note = null) => Make(
        Shell.Line("sysctl -w", Shell.Word($"{name}={wanted.ToString(CultureInfo.InvariantCulture)}")),
        Shell.Line("sysctl -w", Shell.Word($"{name}={current.ToString(CultureInfo.InvariantCulture)}")),
        $"running system until reboot; put it into /etc/sysctl.d to keep it, and find out what switched it off{note}");

    // Only for names that need no quoting.
    private string? Write(string value) => Shell.Line("sh -c", Shell.Word($"echo {value} > /sys/class/net/{_dev}/threaded"));

    private string? DescribeRoute(RouteFact route)
    {
        var type = route.Type == RouteType.Unicast ? "" : $"{DisplayText.Name(route.Type.ToString().ToLowerInvariant())} ";
        var line = type + route.Destination;
        if (route.NextHops.Count > 1) return null;
        if (route.NextHops is [var hop] && route.Type == RouteType.Unicast)
        {
            if (hop.Gateway is { } gateway) line += gateway.Family == route.Destination.Family ? $" via {gateway}" : $" via inet6 {gateway}";
            if (Shell.Word(device.Namespace.LinkByIndex(hop.Link)?.Name) is not { } link) return null;
            line += $" dev {link}";
        }

        if (route.Table != Routing.PolicyRules.MainTable) line += $" table {Number(route.Table)}";
        return route.Metric == 0 ? line : $"{line} metric {Number(route.Metric)}";
    }

    private Remediation? Make(string? command, string? undo, string scope = Running)
    {
        if (command is null || command.Length > LineLimit || Prefix() is not { } prefix) return null;
        return new Remediation(device.Node.Name, prefix + command, scope, undo is null ? null : prefix + undo);
    }

    /// <summary>How to get into the device's namespace; null when its name tells no way.</summary>
    private string? Prefix()
    {
        if (device.Namespace.IsHost) return "";
        return device.Namespace.Facts.Name is ['/', ..] path && Shell.Word(path) is { } word ? $"nsenter --net={word} " : null;
    }

    private static string? List(IReadOnlyCollection<IpPrefix> prefixes) => prefixes.Count == 0 ? "''" : Shell.Word(string.Join(',', prefixes));

    private static string Ip(IpFamily family) => family == IpFamily.IPv6 ? "ip -6" : "ip";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
