// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Lab.Tests.VirtualMachine;

/// <summary>
/// <c>wg show all dump</c> and the facts of devices, both as lines that hold everything the two know: one for a device and one for each
/// peer, AllowedIPs in order of address. Whether a device has a private key is told by its public key.
/// </summary>
internal static class WgDump
{
    /// <summary>The lines of what <c>wg</c> printed; with a device, of <c>wg show DEVICE dump</c>, which leaves its name out.</summary>
    public static IReadOnlyList<string> OfTool(string text, string? device = null) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => OfTool((device is null ? line : $"{device}\t{line}").Split('\t'))).Order(StringComparer.Ordinal)];

    /// <summary>The lines of what the probe read.</summary>
    public static IReadOnlyList<string> OfFacts(IEnumerable<WireGuardDeviceFact> devices) =>
        [.. devices.SelectMany(OfFacts).Order(StringComparer.Ordinal)];

    private static string OfTool(string[] fields) => fields.Length switch
    {
        // Interface, private key, public key, port, mark.
        5 => $"{fields[0]} {None(fields[2])} {fields[3]} {Mark(fields[4])}",
        // Interface, public key, preshared key, endpoint, AllowedIPs, handshake, received, sent, keepalive.
        9 => string.Join(
            ' ', fields[0], fields[1], fields[2] != "(none)", None(fields[3]), Prefixes(None(fields[4]).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(IpPrefix.Parse)),
            fields[5], fields[6], fields[7], fields[8] == "off" ? "0" : fields[8]),
        _ => throw new FormatException($"wg printed a line of {fields.Length} fields"),
    };

    private static IEnumerable<string> OfFacts(WireGuardDeviceFact device) =>
        device.Peers
            .Select(peer => string.Create(
                CultureInfo.InvariantCulture,
                $"{device.Name} {peer.PublicKey} {peer.HasPresharedKey} {peer.Endpoint} {Prefixes(peer.AllowedIps)} {peer.LastHandshake?.ToUnixTimeSeconds() ?? 0} {peer.Received.Value} {peer.Sent.Value} {peer.PersistentKeepalive}"))
            .Append(string.Create(CultureInfo.InvariantCulture, $"{device.Name} {device.PublicKey} {device.ListenPort} {device.FirewallMark}"));

    private static string Prefixes(IEnumerable<IpPrefix> prefixes) => string.Join(',', prefixes.Select(prefix => prefix.ToString()).Order(StringComparer.Ordinal));

    private static string None(string field) => field == "(none)" ? string.Empty : field;

    private static uint Mark(string field) => field == "off" ? 0 : uint.Parse(field.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
