// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Tests.Model;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Tests.Tunnels;

/// <summary>Each row of the truth table, from the counters that the failure was seen with to its verdict.</summary>
public sealed class TruthTableTests
{
    private const ulong Ping = 128;

    // Growth of: sent here, received here, received there, sent there; seconds since the handshake here and there (-1 = never); counters of the other host.
    private static readonly (string Name, ulong[] Growth, double Here, double There, string Counters, string Row, string Verdict)[] Seen =
    [
        ("nothing arrives at the host", [444, 0, 0, 0], -1, -1, "Udp.InDatagrams=0", "1", "NothingArrives"),
        ("arrives at a port of nobody", [444, 0, 0, 0], -1, -1, "Udp.InDatagrams=0 Udp.NoPorts=3", "1", "WrongPort"),
        ("a busy host tells nothing", [444, 0, 0, 0], -1, -1, "Udp.InDatagrams=900", "1-2", "NothingAccepted"),
        ("both try", [444, 0, 0, 444], 400, 400, "Udp.InDatagrams=0", "1", "NothingArrives"),
        ("answers are lost", [444, 0, 444, 276], -1, -1, "", "3", "AnswerLost"),
        ("handshakes only", [20 * Ping, 92, 148, 92], 5, 5, "", "5", "DataLost"),
        ("nothing is decrypted", [20 * Ping, 0, 0, 0], 5, 5, "", "5", "NothingDecrypted"),
        ("only the way there is broken", [20 * Ping, 20 * Ping, 0, 20 * Ping], 5, 5, "", "5", "NothingDecrypted"),
        ("not forwarded", [20 * Ping, 0, 20 * Ping, 0], 5, 5, "Ip.InAddrErrors=20", "7", "NotForwarded"),
        ("reverse path", [20 * Ping, 32, 20 * Ping, 0], 5, 5, "TcpExt.IPReversePathFilter=20", "8", "ReversePath"),
        ("no route behind", [20 * Ping, 0, 20 * Ping, 0], 5, 5, "IpExt.InNoRoutes=20", "9-11", "NoRouteBehind"),
        ("no answer", [20 * Ping, 0, 20 * Ping, 32], 5, 5, "", "9-11", "NoAnswer"),
        ("nothing is sent", [0, 0, 0, 0], 5, 5, "", "12", "NothingSent"),
        ("it loops", [900_000_000, 0, 0, 0], 5, 5, "", "14", "Loops"),
        ("much is lost", [400 * Ping, 32, 100 * Ping, 32], 5, 5, "", "16", "Loss"),
        ("both ways", [20 * Ping, 20 * Ping, 20 * Ping, 20 * Ping], 5, 5, "", "17", "BothWays"),
    ];

    public static TheoryData<string, bool> Cases()
    {
        var data = new TheoryData<string, bool>();
        foreach (var seen in Seen)
        {
            data.Add(seen.Name, false);
            data.Add(seen.Name, true);
        }

        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Match_WhatWasSeen_GivesTheRow(string name, bool userspace)
    {
        var seen = Seen.Single(one => one.Name == name);
        var row = TruthTable.Match(Signature(Make(seen.Growth, seen.Here, seen.There, seen.Counters, userspace))).ShouldNotBeNull();
        (row.Number, row.Verdict.ToString()).ShouldBe((seen.Row, seen.Verdict));
    }

    [Fact]
    public void RefusedSource_KernelCountsFrameErrors_UserspaceReceivesMoreThanItHandsOut()
    {
        var kernel = Make([20 * Ping, 0, 0, 0], 5, 5, "", userspace: false);
        kernel.MoveLink(1, frameErrors: 20);
        TruthTable.Match(Signature(kernel)).ShouldNotBeNull().Verdict.ShouldBe(PairVerdict.SourceRefused);

        var userspace = Make([20 * Ping, 0, 20 * Ping, 0], 5, 5, "", userspace: true);
        TruthTable.Match(Signature(userspace)).ShouldNotBeNull().Verdict.ShouldBe(PairVerdict.SourceRefused);
        userspace.MoveLink(1, rx: 20);
        TruthTable.Match(Signature(userspace)).ShouldNotBeNull().Verdict.ShouldBe(PairVerdict.NoAnswer);
    }

    [Fact]
    public void NoOwner_KernelDeviceRefusesPackets_IsRow13()
    {
        var mesh = Make([0, 0, 0, 0], 5, 5, "", userspace: false);
        mesh.MoveLink(0, txErrors: 5);
        TruthTable.Match(Signature(mesh)).ShouldNotBeNull().Verdict.ShouldBe(PairVerdict.NoOwner);
    }

    [Fact]
    public void KeyInTwoPlaces_EndpointMoved_IsRow15()
    {
        var mesh = Make([20 * Ping, 0, 0, 20 * Ping], 5, 5, "", userspace: false);
        mesh.Peer(1, 0).PreviousEndpoint = new(Net.IpAddr.Parse("203.0.113.1"), 51820);
        TruthTable.Match(Signature(mesh)).ShouldNotBeNull().Verdict.ShouldBe(PairVerdict.TwoPlaces);
    }

    [Theory]
    [InlineData(true, null, null, PairVerdict.AnswerLostOrRefused)]
    [InlineData(true, "aaaaaa", "aaaaaa", PairVerdict.AnswerLost)]
    [InlineData(true, "aaaaaa", "bbbbbb", PairVerdict.AnswerRefused)]
    [InlineData(false, null, null, PairVerdict.AnswerLost)]
    public void Answered_PresharedKeysDecide(bool set, string? here, string? there, object verdict)
    {
        var mesh = Make([444, 0, 444, 276], -1, -1, "", userspace: false);
        (mesh.Peer(0, 1).HasPresharedKey, mesh.Peer(1, 0).HasPresharedKey) = (set, set);
        (mesh.Peer(0, 1).Fingerprint, mesh.Peer(1, 0).Fingerprint) = (here, there);
        TruthTable.Match(Signature(mesh)).ShouldNotBeNull().Verdict.ShouldBe(verdict);
    }

    [Fact]
    public void OneReadingLost_NeverASession_TotalsSpeak()
    {
        var mesh = Make([444, 0, 444, 276], -1, -1, "", userspace: false);
        mesh.Peer(1, 0).Received = new(444);
        mesh.Peer(1, 0).Sent = new(276);
        var signature = Signature(mesh);
        signature.Basis.ShouldBe(PairBasis.SinceEver);
        TruthTable.Match(signature).ShouldNotBeNull().Verdict.ShouldBe(PairVerdict.AnswerLost);
    }

    [Theory]
    [InlineData(0, false)] // one reading
    [InlineData(3, false)] // too short for a retry
    [InlineData(16, true)]
    public void Window_TooShort_SaysNothingOfALivingSession(double seconds, bool judged)
    {
        var mesh = Make([20 * Ping, 0, 0, 0], 5, 5, "", userspace: false);
        foreach (var node in mesh.Nodes) node.Observed = seconds;
        (TruthTable.Match(Signature(mesh)) is not null).ShouldBe(judged);
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(9, false)]
    public void Windows_ThatLieApart_AreNotCompared(double apart, bool judged)
    {
        var mesh = Make([20 * Ping, 0, 0, 0], 5, 5, "", userspace: false);
        mesh[1].At = TestNode.Now.AddSeconds(apart);
        (TruthTable.Match(Signature(mesh)) is not null).ShouldBe(judged);
        var shifted = DiagnosisEngine.Diagnose(new DiagnosisInput(mesh.Facts(), new Thresholds()) { ClocksOff = new HashSet<string> { "node-001" } });
        shifted.State("node-000", "node-001").ShouldBe(TunnelState.Healthy);
    }

    [Fact]
    public void DeviceMadeAnew_CounterWentBack_IsUnknown()
    {
        var mesh = Make([20 * Ping, 0, 0, 0], 5, 5, "", userspace: false);
        mesh.Peer(1, 0).Received = Counter.Between(9000, 0);
        TruthTable.Match(Signature(mesh)).ShouldBeNull();
    }

    [Fact]
    public void OnlyTheWayThere_WindowsShifted_IsTiming()
    {
        var mesh = Make([20 * Ping, 20 * Ping, 0, 20 * Ping], 5, 5, "", userspace: false);
        mesh[1].At = TestNode.Now.AddSeconds(3);
        TruthTable.Match(Signature(mesh)).ShouldBeNull();
    }

    [Fact]
    public void EveryRow_HasWordsAndANumber() =>
        TruthTable.Rows.ShouldAllBe(row => row.Text.Length > 0 && row.Number.Length > 0 && !row.Text.EndsWith('.'));

    private static PairSignature Signature(TestMesh mesh)
    {
        var model = MeshBuilder.Build(new DiagnosisInput(mesh.Facts(), new Thresholds()));
        return PairReader.Of(model, model.Devices.Single(device => device.Node.Name == "node-000").Peers[0]);
    }

    private static TestMesh Make(ulong[] growth, double here, double there, string counters, bool userspace)
    {
        var mesh = Layouts.Flannel(2, new Setup(Userspace: userspace));
        var (a, b) = (mesh.Peer(0, 1), mesh.Peer(1, 0));
        (a.Sent, a.Received) = (new(growth[0], growth[0]), new(growth[1], growth[1]));
        (b.Received, b.Sent) = (new(growth[2], growth[2]), new(growth[3], growth[3]));
        (a.HandshakeAge, b.HandshakeAge) = (here < 0 ? null : here, there < 0 ? null : there);
        foreach (var (index, received) in new[] { (0, growth[1]), (1, growth[2]) })
        {
            // A userspace device hands out what its peers get.
            if (userspace && received >= 256 && !(index == 1 && counters.Length == 0 && growth[3] == 0)) mesh.MoveLink(index, rx: received / Ping);
        }

        foreach (var item in counters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=')))
        {
            var value = ulong.Parse(item[1], System.Globalization.CultureInfo.InvariantCulture);
            mesh[1].ProtocolCounters[item[0]] = new(value, value);
        }

        return mesh;
    }
}
