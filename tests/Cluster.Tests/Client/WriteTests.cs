// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Client;

/// <summary>Create, read, replace, patch, delete.</summary>
public sealed class WriteTests : ClusterTest
{
    [Fact]
    public async Task CreateGetDelete_Gadget_GivesWhatWasWritten()
    {
        var name = NewName("crud");
        var created = await CreateGadgetAsync(NewGadget(name, new GadgetSpec { Size = 3, Place = "here" }));
        created.Metadata.Uid.ShouldNotBeNullOrEmpty();
        created.Metadata.Generation.ShouldBe(1);

        var read = Value(await Client.GetAsync(Gadgets, Namespace, name, Stop));
        read.Spec.ShouldBe(new GadgetSpec { Size = 3, Place = "here" });
        read.Metadata.Uid.ShouldBe(created.Metadata.Uid);

        (await Client.DeleteAsync(Gadgets, Namespace, name, created.Metadata.Uid, Stop)).IsSuccess.ShouldBeTrue();
        (await Client.GetAsync(Gadgets, Namespace, name, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.NotFound);
    }

    [Fact]
    public async Task Create_SameNameTwice_AlreadyExists()
    {
        var gadget = NewGadget(NewName("twice"));
        await CreateGadgetAsync(gadget);
        (await Client.CreateAsync(Gadgets, gadget, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.AlreadyExists);
    }

    [Fact]
    public async Task Create_AgainstTheSchema_InvalidWithTheFieldInItsCauses()
    {
        var refused = await Client.CreateAsync(Gadgets, NewGadget(NewName("large"), new GadgetSpec { Size = 11 }), Stop);
        refused.Error!.Kind.ShouldBe(KubeErrorKind.Invalid);
        refused.Error.Status!.Code.ShouldBe(422);
        refused.Error.Status.Details!.Causes.ShouldContain(cause => cause.Field == "spec.size");
    }

    [Fact]
    public async Task Get_KindThatIsNotServed_NotFound()
    {
        var type = Gadget.TypeIn("nothing.tests.kubewgdiag.io");
        (await Client.GetAsync(type, Namespace, "x", Stop)).Error!.Kind.ShouldBe(KubeErrorKind.NotFound);
    }

    [Fact]
    public async Task Replace_StaleVersion_ConflictAndTheFirstWriterStays()
    {
        var first = await CreateGadgetAsync(NewGadget(NewName("replace")));
        var second = Value(await Client.ReplaceAsync(Gadgets, first with { Spec = new GadgetSpec { Size = 2 } }, Stop));
        second.Metadata.ResourceVersion.ShouldNotBe(first.Metadata.ResourceVersion);
        second.Metadata.Generation.ShouldBe(2);

        (await Client.ReplaceAsync(Gadgets, first with { Spec = new GadgetSpec { Size = 9 } }, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.Conflict);
        Value(await Client.GetAsync(Gadgets, Namespace, first.Metadata.Name!, Stop)).Spec!.Size.ShouldBe(2);
    }

    [Fact]
    public async Task MergePatch_NullTakesAwayAndTheRestStays()
    {
        var gadget = await CreateGadgetAsync(NewGadget(NewName("patch"), new GadgetSpec { Size = 1, Place = "here", Note = "old" }));
        var patch = """{"spec":{"note":null,"size":4}}"""u8.ToArray();
        var patched = Value(await Client.MergePatchAsync(Gadgets, Namespace, gadget.Metadata.Name!, patch, "kubewgdiag-tests", Stop));
        patched.Spec.ShouldBe(new GadgetSpec { Size = 4, Place = "here" });
    }

    [Fact]
    public async Task MergePatch_AbsentObject_NotFound() =>
        (await Client.MergePatchAsync(Gadgets, Namespace, NewName("absent"), "{}"u8.ToArray(), "kubewgdiag-tests", Stop))
            .Error!.Kind.ShouldBe(KubeErrorKind.NotFound);

    [Fact]
    public async Task MergePatch_VersionInTheBodyIsOld_Conflict()
    {
        var gadget = await CreateGadgetAsync(NewGadget(NewName("patch-version")));
        Value(await Client.MergePatchAsync(Gadgets, Namespace, gadget.Metadata.Name!, """{"spec":{"size":2}}"""u8.ToArray(), "kubewgdiag-tests", Stop));
        var stale = System.Text.Encoding.UTF8.GetBytes($$"""{"metadata":{"resourceVersion":"{{gadget.Metadata.ResourceVersion}}"},"spec":{"size":3} }""");
        (await Client.MergePatchAsync(Gadgets, Namespace, gadget.Metadata.Name!, stale, "kubewgdiag-tests", Stop)).Error!.Kind.ShouldBe(KubeErrorKind.Conflict);
    }

    [Fact]
    public async Task Delete_OtherUid_ConflictAndTheObjectStays()
    {
        var gadget = await CreateGadgetAsync(NewGadget(NewName("uid")));
        var refused = await Client.DeleteAsync(Gadgets, Namespace, gadget.Metadata.Name!, Guid.NewGuid().ToString(), Stop);
        refused.Error!.Kind.ShouldBe(KubeErrorKind.Conflict);
        Value(await Client.GetAsync(Gadgets, Namespace, gadget.Metadata.Name!, Stop)).Metadata.DeletionTimestamp.ShouldBeNull();
    }

    [Fact]
    public async Task Delete_AbsentObject_IsASuccess() =>
        (await Client.DeleteAsync(Gadgets, Namespace, NewName("absent"), null, Stop)).IsSuccess.ShouldBeTrue();

    [Fact]
    public async Task Delete_WithFinalizer_StaysUntilTheFinalizerIsTakenAway()
    {
        var gadget = NewGadget(NewName("finalizer"));
        gadget = await CreateGadgetAsync(gadget with { Metadata = gadget.Metadata with { Finalizers = ["tests.kubewgdiag.io/hold"] } });
        var name = gadget.Metadata.Name!;
        (await Client.DeleteAsync(Gadgets, Namespace, name, gadget.Metadata.Uid, Stop)).IsSuccess.ShouldBeTrue();
        Value(await Client.GetAsync(Gadgets, Namespace, name, Stop)).Metadata.DeletionTimestamp.ShouldNotBeNull();

        await Client.MergePatchAsync(Gadgets, Namespace, name, """{"metadata":{"finalizers":null}}"""u8.ToArray(), "kubewgdiag-tests", Stop);
        await Client.UntilGoneAsync(Gadgets, Namespace, name, Stop);
    }
}
