// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Host.Managers;

/// <summary>
/// Reads files that describe WireGuard devices: wg-quick(8), systemd.netdev(5), nm-settings-keyfile(5). Only the keys that are listed here are looked at;
/// private and preshared keys are none of them.
/// </summary>
internal static class TunnelFiles
{
    /// <summary>More than any file that people write; programs that write more have a database.</summary>
    public const int MaxPeers = 2048;

    private const int MaxPrefixes = 512;
    private const int MaxText = 256;

    private static readonly char[] Separators = [',', ';', ' ', '\t'];

    private static readonly HashSet<string> QuickKeys = new(StringComparer.OrdinalIgnoreCase) { "ListenPort", "SaveConfig", "PostUp", "PreUp", "PublicKey", "AllowedIPs", "Endpoint" };
    private static readonly HashSet<string> NetdevKeys = new(StringComparer.OrdinalIgnoreCase) { "Name", "Kind", "ListenPort", "PublicKey", "AllowedIPs", "Endpoint" };
    private static readonly HashSet<string> KeyfileKeys = new(StringComparer.OrdinalIgnoreCase) { "type", "interface-name", "listen-port", "allowed-ips", "endpoint", "external" };

    /// <summary>A file of wg-quick; the device has the file's name. A # ends a line wherever it stands.</summary>
    public static TunnelConfigFact Quick(string device, string path, string text, bool complete)
    {
        var lines = IniFile.Lines(string.Join('\n', text.Split('\n').Select(line => line.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash ? line[..hash] : line)), QuickKeys).ToList();
        var peers = Peers(lines, "Peer", out var all);
        return new TunnelConfigFact
        {
            Device = device,
            Source = path,
            Manager = NetworkManagerKind.WgQuick,
            ListenPort = Port(lines, "Interface", "ListenPort"),
            Peers = peers,
            SavesItself = lines.Exists(line => Is(line, "Interface", "SaveConfig") && IniFile.Switch(line.Value) == true),
            HasHooks = lines.Exists(line => Is(line, "Interface", "PostUp") || Is(line, "Interface", "PreUp")),
            Complete = complete && all,
        };
    }

    /// <summary>A .netdev file; null when it describes no WireGuard device.</summary>
    public static TunnelConfigFact? Netdev(string path, string text, bool complete)
    {
        var lines = IniFile.Lines(text, NetdevKeys).ToList();
        if (!lines.Exists(line => Is(line, "NetDev", "Kind") && line.Value == "wireguard") || lines.Find(line => Is(line, "NetDev", "Name")).Value is not { Length: > 0 } name) return null;
        var peers = Peers(lines, "WireGuardPeer", out var all);
        return new TunnelConfigFact
        {
            Device = Short(name),
            Source = path,
            Manager = NetworkManagerKind.Networkd,
            ListenPort = Port(lines, "WireGuard", "ListenPort"),
            Peers = peers,
            Complete = complete && all,
        };
    }

    /// <summary>True for what NetworkManager wrote of a device that it only watches: nobody wants it so, it was so.</summary>
    public static bool IsExternal(IEnumerable<IniLine> lines) => lines.Any(line => Is(line, ".nmmeta", "external") && IniFile.Switch(line.Value) == true);

    /// <summary>A connection of NetworkManager; null when it is no WireGuard device's, or only a description of one. Each peer's key is the name of its section.</summary>
    public static TunnelConfigFact? Keyfile(string path, string text, bool complete)
    {
        const string Prefix = "wireguard-peer.";
        var lines = IniFile.Lines(text, KeyfileKeys).ToList();
        if (!lines.Exists(line => Is(line, "connection", "type") && line.Value == "wireguard") || lines.Find(line => Is(line, "connection", "interface-name")).Value is not { Length: > 0 } name) return null;
        if (IsExternal(lines)) return null;
        var blocks = lines.Where(line => line.Section.StartsWith(Prefix, StringComparison.Ordinal)).GroupBy(line => line.Section, StringComparer.Ordinal).ToList();
        return new TunnelConfigFact
        {
            Device = Short(name),
            // The file has the connection's name, which is often a person's or a company's.
            Source = path[..path.LastIndexOf('/')],
            Manager = NetworkManagerKind.NetworkManager,
            ListenPort = Port(lines, "wireguard", "listen-port"),
            Peers = [.. blocks.Take(MaxPeers).Select(block => Peer(block.Key[Prefix.Length..], [.. block], "endpoint", "allowed-ips"))],
            Complete = complete && blocks.Count <= MaxPeers,
        };
    }

    private static List<ConfiguredPeerFact> Peers(List<IniLine> lines, string section, out bool all)
    {
        var blocks = lines.Where(line => line.Section.Equals(section, StringComparison.OrdinalIgnoreCase)).GroupBy(line => line.Block)
            .Select(block => (Key: block.FirstOrDefault(line => line.Key.Equals("PublicKey", StringComparison.OrdinalIgnoreCase)).Value, Lines: block.ToList()))
            .Where(block => block.Key is { Length: > 0 }).ToList();
        all = blocks.Count <= MaxPeers;
        return [.. blocks.Take(MaxPeers).Select(block => Peer(block.Key!, block.Lines, "Endpoint", "AllowedIPs"))];
    }

    private static ConfiguredPeerFact Peer(string key, List<IniLine> lines, string endpoint, string allowed) => new(
        Short(key),
        lines.Find(line => line.Key.Equals(endpoint, StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } text ? Short(text) : null,
        AllowedIps: [.. lines.Where(line => line.Key.Equals(allowed, StringComparison.OrdinalIgnoreCase)).SelectMany(line => Prefixes(line.Value)).Distinct().Take(MaxPrefixes)]);

    // Commas in wg-quick and networkd, semicolons in NetworkManager; a plus before a prefix adds it to what is there (wireguard-tools 1.0.20250521).
    private static IEnumerable<IpPrefix> Prefixes(string value)
    {
        foreach (var part in value.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var text = part.TrimStart('+');
            if (IpPrefix.TryParse(text, out var prefix)) yield return prefix;
            else if (IpAddr.TryParse(text, out var address)) yield return IpPrefix.Host(address);
        }
    }

    private static ushort? Port(List<IniLine> lines, string section, string key) =>
        ushort.TryParse(lines.Find(line => Is(line, section, key)).Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;

    private static bool Is(IniLine line, string section, string key) =>
        line.Key is { } own && own.Equals(key, StringComparison.OrdinalIgnoreCase) && line.Section.Equals(section, StringComparison.OrdinalIgnoreCase);

    private static string Short(string text) => text.Length <= MaxText ? text : text[..MaxText];
}
