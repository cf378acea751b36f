// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Lab.Tests.VirtualMachine;

/// <summary>
/// The kernel's own WireGuard on a stock Debian kernel in an emulated machine: what the published probe reads there is what <c>wg</c> and
/// <c>ip</c> read, in every state that kernel-wireguard.sh makes.
/// </summary>
[Trait("Category", "Lab")]
[Trait("Category", "VirtualMachine")]
public sealed class KernelWireGuardTests(Machine machine) : IClassFixture<Machine>
{
    [SkippableFact]
    public void Script_AllOfIt_RunsWithoutAFailure()
    {
        machine.SkipIfImpossible();
        machine.Console.ShouldContain("vm: exit 0");
        machine.Console.ShouldNotContain("FAIL");
    }

    [SkippableFact]
    public void Devices_PeersSplitOverMessagesAnywhere_AreWhatWgShows()
    {
        machine.SkipIfImpossible();
        var expected = WgDump.OfTool(machine.Text("many.wg"));
        var fact = machine.Facts("many.json").Namespaces[0].KernelWireGuard;

        WgDump.OfFacts(fact.Value.ShouldNotBeNull()).ShouldBe(expected);
        fact.Value.Single(device => device.Name == "wg0").Peers.Count.ShouldBe(520);
        fact.Value.SelectMany(device => device.Peers).Max(peer => peer.AllowedIps.Count).ShouldBe(2500);
        fact.Interrupted.ShouldBeFalse();
        fact.Unknown.ShouldBe(0);
    }

    [SkippableFact]
    public void Facts_OfDevicesWithKeys_HoldNoSecret()
    {
        machine.SkipIfImpossible();
        var secrets = machine.Text("many.wg").Split('\n').Select(line => line.Split('\t')).Where(fields => fields.Length is 5 or 9)
            .Select(fields => fields.Length == 5 ? fields[1] : fields[2]).Where(secret => secret != "(none)").ToHashSet(StringComparer.Ordinal);
        secrets.Count.ShouldBeGreaterThan(900);
        var printed = machine.Text("many.json");
        secrets.Where(secret => printed.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [SkippableTheory]
    [InlineData("a")]
    [InlineData("b")]
    public void Namespaces_SameNameAndMovedDevice_AreReadWhereTheyAre(string name)
    {
        machine.SkipIfImpossible();
        var space = machine.Facts("spaces.json").Namespaces.Single(space => space.Name.EndsWith("/" + name, StringComparison.Ordinal) || space.Name == name);
        var devices = space.KernelWireGuard.Value.ShouldNotBeNull();
        WgDump.OfFacts(devices).ShouldBe(WgDump.OfTool(machine.Text($"{name}.wg")));
        devices.Select(device => device.Name).Order(StringComparer.Ordinal).ShouldBe(name == "a" ? ["wg0"] : ["moved", "stays"]);
    }

    [SkippableFact]
    public void Receiver_InnerSourceRefused_CountsFrameErrors()
    {
        machine.SkipIfImpossible();
        var (rx, _, frames) = Growth("n2");
        // Seven pings from an address that n2's peer does not own.
        rx.ShouldBe(7ul);
        frames.ShouldBe(7ul);
    }

    [SkippableFact]
    public void Sender_NoPeerOrNoEndpoint_CountsTransmitErrors()
    {
        machine.SkipIfImpossible();
        var (rx, tx, _) = Growth("n1");
        // Five pings that no peer takes, three for a peer without an endpoint.
        tx.ShouldBe(8ul);
        rx.ShouldBe(0ul);
    }

    [SkippableFact]
    public void Dump_PeersComeAndGo_IsWholeOrSaysThatItIsNot()
    {
        machine.SkipIfImpossible();
        var stable = WgDump.OfTool(machine.Text("churn.wg"), "churn");
        var keys = stable.Select(line => line.Split(' ')[1]).ToHashSet(StringComparer.Ordinal);
        var guest = machine.Text("churn.guest").Trim().Split(' ')[1];
        var readings = Enumerable.Range(1, 3).Select(n => machine.Facts($"churn-{n}.json").Namespaces[0].KernelWireGuard).ToList();

        foreach (var reading in readings)
        {
            var device = reading.Value.ShouldNotBeNull().ShouldHaveSingleItem();
            device.Peers.Select(peer => peer.PublicKey).ShouldBeUnique();
            var known = WgDump.OfFacts([device with { Peers = [.. device.Peers.Where(peer => peer.PublicKey != guest)] }]);
            // Where the kernel loses its place it leaves out the rest of a peer's AllowedIPs, or of the peers.
            if (reading.Interrupted) known.Select(line => line.Split(' ')[1]).ShouldAllBe(key => keys.Contains(key));
            else known.ShouldBe(stable);
        }

        readings.ShouldContain(reading => reading.Interrupted, "nothing was interrupted: the peers did not change often enough to prove anything");
    }

    /// <summary>Growth of the device's counters between the two looks, the same by the probe and by ip.</summary>
    private (ulong RxErrors, ulong TxErrors, ulong FrameErrors) Growth(string space)
    {
        var (before, after) = (Counters("before", space), Counters("after", space));
        return (after.RxErrors.Value - before.RxErrors.Value, after.TxErrors.Value - before.TxErrors.Value, after.RxFrameErrors.Value - before.RxFrameErrors.Value);
    }

    private LinkCounters Counters(string look, string space)
    {
        var facts = machine.Facts($"{look}.json").Namespaces.Single(known => known.Name.EndsWith(space, StringComparison.Ordinal));
        var counters = facts.Links.Value.ShouldNotBeNull().Single(link => link.Name == "wg0").Counters.ShouldNotBeNull();
        var statistics = machine.Ip($"{look}-{space}.ip.json")[0]!["stats64"]!;
        Number(statistics["rx"]!, "errors").ShouldBe(counters.RxErrors.Value);
        Number(statistics["tx"]!, "errors").ShouldBe(counters.TxErrors.Value);
        Number(statistics["rx"]!, "frame_errors").ShouldBe(counters.RxFrameErrors.Value);
        return counters;
    }

    private static ulong Number(JsonNode node, string name) => node[name]!.GetValue<ulong>();
}
