// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab.Faults;

/// <summary>Faults after which no session comes about, or an old one dies.</summary>
internal static class HandshakeFaults
{
    // A little more than WireGuard's REJECT_AFTER_TIME, after which no key pair is valid.
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(184);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new()
        {
            Code = "WG-UDP-BLOCKED-PATH",
            Title = "the underlay drops WireGuard's UDP between node-1 and node-2, and both have lost their session",
            Symptom = "pods of node-1 and node-2 do not reach each other; the other pairs work",
            Suffers = Suffering.PodToPod,
            InjectAsync = async (s, ct) =>
            {
                await DropUdpAsync(s, ct);
                await ForgetBothAsync(s, ct);
            },
        },
        new()
        {
            Code = "WG-UDP-BLOCKED-PATH",
            Variant = "stale",
            Title = "the underlay drops WireGuard's UDP between node-1 and node-2 while their session is in use",
            Symptom = "traffic between node-1 and node-2 stops, and the last handshake grows old",
            Suffers = Suffering.PodToPod,
            NeedsSeconds = 190,
            InjectAsync = async (s, ct) =>
            {
                await DropUdpAsync(s, ct);
                await WaitForAgeAsync(s, ct);
            },
        },
        new()
        {
            Code = "WG-PEER-MISSING",
            Title = "node-2 has lost its peer entry for node-1",
            Symptom = "node-1 asks for a handshake every five seconds and node-2 stays silent",
            Suffers = Suffering.PodToPod,
            InjectAsync = async (s, ct) =>
            {
                await s.Second.DoAsync($"wg set {s.Device} peer {s.Mesh.PublicKey(s.First)} remove", ct);
                await s.Mesh.ForgetSessionAsync(s.First, s.Second, ct);
            },
        },
        new()
        {
            Code = "WG-KEY-DRIFT",
            Title = "node-2 has made a new key, the others still hold the old one",
            Symptom = "node-2's pods are cut off from all other nodes",
            Suffers = Suffering.PodToPod,
            InjectAsync = async (s, ct) =>
            {
                await s.Second.DoAsync($"wg genkey | wg set {s.Device} private-key /dev/stdin", ct);
                foreach (var other in s.Lab.Nodes.Where(n => n != s.Second))
                    await s.Mesh.ForgetSessionAsync(other, s.Second, ct);
            },
        },
        new()
        {
            Code = "WG-ENDPOINT-WRONG-PORT",
            Title = "node-1 sends to port 51999 of node-2, where nobody listens",
            Symptom = "node-1 gets ICMP port unreachable from node-2; node-2 never sees a handshake",
            Suffers = Suffering.PodToPod,
            InjectAsync = async (s, ct) =>
            {
                // With a session, node-2's next packet would repair the endpoint at node-1 by roaming.
                await ForgetBothAsync(s, ct);
                var address = AddressPlan.Underlay(s.Family, s.Second.Number);
                var endpoint = s.Family == Family.V4 ? $"{address}:51999" : $"[{address}]:51999";
                await s.First.DoAsync(
                    $"wg set {s.Device} peer {s.Mesh.PublicKey(s.Second)} remove && " +
                    $"wg set {s.Device} {s.Mesh.PeerArguments(s.Second)} endpoint {endpoint}",
                    ct);
            },
        },
    ];

    private static async Task ForgetBothAsync(FaultScene s, CancellationToken ct)
    {
        await s.Mesh.ForgetSessionAsync(s.Second, s.First, ct);
        await s.Mesh.ForgetSessionAsync(s.First, s.Second, ct);
    }

    private static Task<string> DropUdpAsync(FaultScene s, CancellationToken ct)
    {
        var family = s.Family == Family.V4 ? "ip" : "ip6";
        var first = AddressPlan.Underlay(s.Family, s.First.Number);
        var second = AddressPlan.Underlay(s.Family, s.Second.Number);
        var rules = string.Join('\n',
        [
            "add table bridge lab",
            "add chain bridge lab forward { type filter hook forward priority 0; }",
            $"add rule bridge lab forward {family} saddr {{ {first}, {second} }} {family} daddr {{ {first}, {second} }} udp dport {AddressPlan.Port(s.Family)} drop",
        ]);
        return Command.OutputAsync(s.Lab.Underlay.BuildArgv(["nft", "-f", "-"]), rules + "\n", ct);
    }

    private static async Task WaitForAgeAsync(FaultScene s, CancellationToken ct)
    {
        while (true)
        {
            var age = await AgeAsync(s, ct);
            if (age > Stale)
                return;
            s.Progress?.Report($"waiting for the last handshake to be older than 180 s: {age.TotalSeconds:0} s");
            await Task.Delay(TimeSpan.FromSeconds(5), ct);
        }
    }

    private static async Task<TimeSpan> AgeAsync(FaultScene s, CancellationToken ct)
    {
        // The clock of wg's number is the one of date(1); taking both in the node avoids a second clock here.
        var key = s.Mesh.PublicKey(s.Second);
        var words = (await s.First.DoAsync($"date +%s; wg show {s.Device} latest-handshakes | grep -F '{key}'", ct)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return TimeSpan.FromSeconds(long.Parse(words[0], CultureInfo.InvariantCulture) - long.Parse(words[^1], CultureInfo.InvariantCulture));
    }
}
