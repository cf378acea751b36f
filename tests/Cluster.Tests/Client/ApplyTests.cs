// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Client;

/// <summary>Server-side apply: who owns what, and what an apply takes away.</summary>
public sealed class ApplyTests : ClusterTest
{
    private const string First = "kubewgdiag-tests-1";
    private const string Second = "kubewgdiag-tests-2";

    [Fact]
    public async Task Apply_AbsentObject_Creates_AndTheSameAgainChangesNothing()
    {
        var gadget = NewGadget(NewName("apply"));
        var created = await ApplyAsync(gadget, First);
        created.Metadata.Generation.ShouldBe(1);
        (await ApplyAsync(gadget, First)).Metadata.ResourceVersion.ShouldBe(created.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task Apply_FieldLeftOut_IsRemovedUnlessAnotherManagerOwnsItToo()
    {
        var name = NewName("owned");
        await ApplyAsync(NewGadget(name, new GadgetSpec { Size = 1, Place = "here", Note = "both" }), First);
        await ApplyAsync(NewGadget(name, new GadgetSpec { Note = "both" }), Second);

        var without = await ApplyAsync(NewGadget(name, new GadgetSpec { Size = 1 }), First);
        without.Spec.ShouldBe(new GadgetSpec { Size = 1, Note = "both" });
        var last = await ApplyAsync(NewGadget(name, new GadgetSpec { Size = 1 }), Second);
        last.Spec!.Note.ShouldBeNull();
    }

    [Fact]
    public async Task Apply_FieldOfAnotherManager_IsTakenOver()
    {
        var name = NewName("forced");
        await ApplyAsync(NewGadget(name, new GadgetSpec { Size = 1, Place = "here" }), First);
        (await ApplyAsync(NewGadget(name, new GadgetSpec { Size = 2 }), Second)).Spec!.Size.ShouldBe(2);
        // The first one lost the field: leaving it out now removes nothing of the second's.
        (await ApplyAsync(NewGadget(name, new GadgetSpec { Place = "here" }), First)).Spec.ShouldBe(new GadgetSpec { Size = 2, Place = "here" });
    }

    [Fact]
    public async Task Apply_ToMainResource_LeavesTheStatusAlone_AndTheOtherWayRound()
    {
        var name = NewName("status");
        var gadget = await ApplyAsync(NewGadget(name), First) with { Status = new GadgetStatus { Phase = "Ready" } };
        var status = Intent(name) with { Spec = new GadgetSpec { Size = 9 }, Status = new GadgetStatus { Phase = "Ready" } };
        var written = Value(await Client.ApplyStatusAsync(Gadgets, status, Second, Stop));
        (written.Spec!.Size, written.Status!.Phase, written.Metadata.Generation).ShouldBe((1, "Ready", 1));

        var again = await ApplyAsync(NewGadget(name, new GadgetSpec { Size = 2 }) with { Status = new GadgetStatus { Phase = "Never" } }, First);
        (again.Spec!.Size, again.Status!.Phase, again.Metadata.Generation).ShouldBe((2, "Ready", 2));
        gadget.Metadata.Uid.ShouldBe(again.Metadata.Uid);
    }

    [Fact]
    public async Task ApplyStatus_AbsentObject_NotFoundAndNothingIsMade()
    {
        var name = NewName("no-status");
        var status = Intent(name) with { Status = new GadgetStatus { Phase = "Ready" } };
        (await Client.ApplyStatusAsync(Gadgets, status, First, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.NotFound);
        (await Client.GetAsync(Gadgets, Namespace, name, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.NotFound);
    }

    [Fact]
    public async Task Apply_UidOfAnObjectThatIsGone_Conflict()
    {
        var gadget = NewGadget(NewName("stale"));
        var old = await ApplyAsync(gadget, First);
        await Client.DeleteAsync(Gadgets, Namespace, old.Metadata.Name!, null, Stop);
        await Client.UntilGoneAsync(Gadgets, Namespace, old.Metadata.Name!, Stop);
        var stale = gadget with { Metadata = gadget.Metadata with { Uid = old.Metadata.Uid } };
        (await Client.ApplyAsync(Gadgets, stale, First, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.Conflict);

        // The same where another object has the name by now.
        await ApplyAsync(gadget, First);
        (await Client.ApplyAsync(Gadgets, stale, First, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.Conflict);
    }

    [Fact]
    public async Task ApplyStatus_UidOfAnEarlierObject_Conflict()
    {
        var gadget = NewGadget(NewName("stale-status"));
        var old = await ApplyAsync(gadget, First);
        await Client.DeleteAsync(Gadgets, Namespace, old.Metadata.Name!, null, Stop);
        await ApplyAsync(gadget, First);
        var stale = Intent(old.Metadata.Name!) with { Status = new GadgetStatus { Phase = "Old" } };
        stale = stale with { Metadata = stale.Metadata with { Uid = old.Metadata.Uid } };
        (await Client.ApplyStatusAsync(Gadgets, stale, First, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.Conflict);
    }

    private Gadget Intent(string name) => new() { Metadata = new ObjectMeta { Name = name, Namespace = Namespace } };

    private async Task<Gadget> ApplyAsync(Gadget gadget, string manager) => Value(await Client.ApplyAsync(Gadgets, gadget, manager, Stop));
}
