// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.WireGuard;
using KubeWgDiag.NodeProbe.WireGuard.Placement;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard.Placement;

public sealed class UapiPlacerTests
{
    private const string A = "net:[1]";
    private const string B = "net:[2]";
    private const string C = "net:[3]";

    [Fact]
    public void Place_KernelSaysWhereTheDeviceIs_IsThereWhateverNamesSay()
    {
        var place = Place([Holder(7, A, ("wg0", B))], Answer("wg0", seenBy: [7]), spaces: [(A, "wg0"), (B, "wg0"), (C, "wg0")]);
        place.ShouldBe(new UapiPlace(B, A));
    }

    [Fact]
    public void Place_DeviceInItsProcessNamespace_HasNoOtherSocketNamespace() =>
        Place([Holder(7, A, ("wg0", A))], Answer("wg0", seenBy: [7])).ShouldBe(new UapiPlace(A, null));

    [Fact]
    public void Place_KernelDoesNotSay_IsTheProcessNamespaceIfItHasSuchADevice() =>
        Place([Holder(7, A, ("wg0", null))], Answer("wg0", seenBy: [7]), spaces: [(A, "wg0"), (B, "wg0")]).ShouldBe(new UapiPlace(A, null));

    [Fact]
    public void Place_KernelDoesNotSayAndTheProcessHasNone_IsTheOnlyOneThatHas() =>
        Place([Holder(7, A, ("wg0", null))], Answer("wg0", seenBy: [7]), spaces: [(A, "eth0"), (B, "wg0")]).ShouldBe(new UapiPlace(B, A));

    [Fact]
    public void Place_KernelDoesNotSayAndSeveralFit_IsAmbiguous() =>
        Place([Holder(7, A, ("wg0", null))], Answer("wg0", seenBy: [7]), spaces: [(B, "wg0"), (C, "wg0")]).Problem.ShouldBe(UapiSocketProblem.Ambiguous);

    [Fact]
    public void Place_NobodyMayBeLookedAt_NameCountsOnlyIfOneHasIt()
    {
        Place([], Answer("wg0", seenBy: []), spaces: [(B, "wg0")]).ShouldBe(new UapiPlace(B, null));
        var several = Place([], Answer("wg0", seenBy: []), spaces: [(B, "wg0"), (C, "wg0")]);
        (several.Namespace, several.Problem).ShouldBe((null, UapiSocketProblem.Ambiguous));
        several.Detail.ShouldNotBeNull().ShouldContain("net:[2], net:[3]");
        several.Detail.ShouldEndWith("(3 processes may not be looked at, it takes CAP_SYS_PTRACE)");
        Place([], Answer("wg0", seenBy: []), spaces: [(B, "wg1")]).ShouldBe(UapiPlace.Nowhere);
    }

    [Fact]
    public void Place_ProcessThatDoesNotSeeTheSocketOrHasAnotherDevice_IsNoHolder() =>
        Place([Holder(7, A, ("wg0", A)), Holder(8, B, ("wg1", B))], Answer("wg0", seenBy: [8]), spaces: [(C, "wg0")]).ShouldBe(new UapiPlace(C, null));

    [Fact]
    public void Place_TwoThatFit_TheListenerDecides() =>
        Place([Holder(7, A, ("wg0", A)), Holder(8, B, ("wg0", B))], Answer("wg0", seenBy: [7, 8], listener: 8)).ShouldBe(new UapiPlace(B, null));

    [Fact]
    public void Place_TwoThatFitAndAListenerThatEnded_TheSocketsHolderDecides()
    {
        TunHolder[] holders = [Holder(7, A, ("wg0", A)), Holder(8, B, ("wg0", B))];
        Place(holders, Answer("wg0", seenBy: [7, 8], listener: 6), serving: [7]).ShouldBe(new UapiPlace(A, null));
        Place(holders, Answer("wg0", seenBy: [7, 8], listener: 6), serving: []).Problem.ShouldBe(UapiSocketProblem.Ambiguous);
        Place(holders, Answer("wg0", seenBy: [7, 8], listener: 6), serving: [7, 8]).Problem.ShouldBe(UapiSocketProblem.Ambiguous);
    }

    [Fact]
    public void Place_TwoProcessesOfOneDevice_AreNoQuestion() =>
        Place([Holder(7, A, ("wg0", B)), Holder(8, A, ("wg0", B))], Answer("wg0", seenBy: [7, 8])).ShouldBe(new UapiPlace(B, A));

    [Fact]
    public void Place_TwoSocketsForOneDevice_AreBothAmbiguous()
    {
        var placed = Placer([Holder(7, A, ("wg0", A)), Holder(8, A, ("wg0", A))], [], [])
            .Place(new UapiSnapshot([Answer("wg0", seenBy: [7]), Answer("wg0", seenBy: [8]), Answer("wg1", seenBy: [])]));
        placed.Answers.Select(one => one.Place.Problem).ShouldBe([UapiSocketProblem.Ambiguous, UapiSocketProblem.Ambiguous, UapiSocketProblem.OtherNamespace]);
    }

    [Fact]
    public void Place_EverythingExact_NobodyLooksIntoNamespaces()
    {
        var placer = new UapiPlacer(
            new TunHolders([Holder(7, A, ("wg0", B))], 0, Ended: true), () => throw new InvalidOperationException("looked"), (_, _) => throw new InvalidOperationException("looked"));
        placer.Place(new UapiSnapshot([Answer("wg0", seenBy: [7])])).Answers.ShouldHaveSingleItem().Place.Namespace.ShouldBe(B);
    }

    private static UapiPlace Place(TunHolder[] holders, UapiAnswer answer, (string Space, string Tun)[]? spaces = null, int[]? serving = null) =>
        Placer(holders, spaces ?? [], serving ?? []).Place(new UapiSnapshot([answer])).Answers.ShouldHaveSingleItem().Place;

    private static UapiPlacer Placer(TunHolder[] holders, (string Space, string Tun)[] spaces, int[] serving) => new(
        new TunHolders(holders, 3, Ended: true),
        () => new TunSpaces(spaces.ToDictionary(space => space.Space, space => (IReadOnlyList<string>)[space.Tun], StringComparer.Ordinal)),
        (holder, _) => serving.Contains(holder.Pid));

    private static TunHolder Holder(int pid, string space, params (string Name, string? Space)[] tuns) =>
        new(pid, "wireguard-go", space, [.. tuns.Select(tun => new HeldTun(tun.Name, tun.Space))]);

    private static UapiAnswer Answer(string name, int[] seenBy, int listener = 0) =>
        new(new WireGuardDeviceFact { Name = name, Implementation = WireGuardImplementation.Userspace }, null) { SeenBy = seenBy.ToHashSet(), ListenerPid = listener };
}
