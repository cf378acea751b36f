// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class KubernetesClientWriteTests
{
    [Fact]
    public async Task ApplyAsync_Object_IsSentAsTheRecordingHasIt()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.RecordedAsync("04-server-side-apply.json", "apply creates"));
        using KubernetesClient client = KubernetesClients.Connect(server);
        var body = new Widget { Metadata = new ObjectMeta { Name = "s" }, Spec = new WidgetSpec { NodeName = "n1" } };

        KubeResult<Widget> result = await client.ApplyAsync(Widget.Type, body, "one", CancellationToken.None);

        result.Value!.Metadata.Name.ShouldBe("s");
        SeenRequest seen = server.Requests.Single();
        (seen.Method, seen.Target, seen.ContentType).ShouldBe(
            ("PATCH", "/apis/example.dev/v1alpha1/widgets/s?fieldManager=one&force=true", "application/apply-patch+yaml"));
        JsonNode.DeepEquals(
            JsonNode.Parse(seen.Body),
            JsonNode.Parse("""{"apiVersion":"example.dev/v1alpha1","kind":"Widget","metadata":{"name":"s"},"spec":{"nodeName":"n1"}}""")).ShouldBeTrue(seen.Body);
    }

    [Fact]
    public async Task ApplyAsync_Conflict_CarriesItsCauses()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.RecordedAsync("04-server-side-apply.json", "second manager conflicts"));
        using KubernetesClient client = KubernetesClients.Connect(server);

        KubeResult<Widget> result = await client.ApplyAsync(Widget.Type, Widget.Named("s"), "two", CancellationToken.None);

        result.Error!.Kind.ShouldBe(KubeErrorKind.Conflict);
        result.Error.Status!.Details!.Causes.ShouldAllBe(cause => cause.Reason == "FieldManagerConflict");
    }

    [Fact]
    public async Task ApplyStatusAsync_MissingObject_IsNotFound()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.RecordedAsync("04-server-side-apply.json", "status apply on a missing object"));
        using KubernetesClient client = KubernetesClients.Connect(server);

        KubeResult<Widget> result = await client.ApplyStatusAsync(Widget.Type, Widget.Named("zzz"), "status", CancellationToken.None);

        result.Error!.Kind.ShouldBe(KubeErrorKind.NotFound);
        server.Requests.Single().Target.ShouldBe("/apis/example.dev/v1alpha1/widgets/zzz/status?fieldManager=status&force=true");
    }

    [Fact]
    public async Task ReplaceAsync_ReadVersion_IsPutWhole()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync("""{"metadata":{"name":"a","resourceVersion":"8"}}"""));
        using KubernetesClient client = KubernetesClients.Connect(server);

        KubeResult<Widget> result = await client.ReplaceAsync(Widget.Type, Widget.Named("a", version: "7") with { Spec = new WidgetSpec { Min = 3 } }, CancellationToken.None);

        result.Value!.Metadata.ResourceVersion.ShouldBe("8");
        SeenRequest seen = server.Requests.Single();
        (seen.Method, seen.Target, seen.ContentType).ShouldBe(("PUT", "/apis/example.dev/v1alpha1/widgets/a", "application/json"));
        JsonNode.DeepEquals(
            JsonNode.Parse(seen.Body),
            JsonNode.Parse("""{"apiVersion":"example.dev/v1alpha1","kind":"Widget","metadata":{"name":"a","uid":"u1","resourceVersion":"7"},"spec":{"min":3}}""")).ShouldBeTrue(seen.Body);
    }

    [Fact]
    public async Task ReplaceAsync_ChangedMeanwhile_IsAConflictAndNotSentAgain()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.StatusAsync(409, "Conflict"));
        using KubernetesClient client = KubernetesClients.Connect(server);

        (await client.ReplaceAsync(Widget.Type, Widget.Named("a"), CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Conflict);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ReplaceAsync_NoVersion_SendsNothing()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync("{}"));
        using KubernetesClient client = KubernetesClients.Connect(server);

        (await client.ReplaceAsync(Widget.Type, new Widget { Metadata = new ObjectMeta { Name = "a" } }, CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Invalid);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task MergePatchAsync_Fields_AreSentAsTheyStand()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync("""{"metadata":{"name":"a","resourceVersion":"8"}}"""));
        using KubernetesClient client = KubernetesClients.Connect(server);

        KubeResult<Widget> result = await client.MergePatchAsync(Widget.Type, null, "a", """{"spec":{"min":null}}"""u8.ToArray(), "me", CancellationToken.None);

        result.IsSuccess.ShouldBeTrue();
        SeenRequest seen = server.Requests.Single();
        (seen.Method, seen.Target, seen.ContentType, seen.Body).ShouldBe(
            ("PATCH", "/apis/example.dev/v1alpha1/widgets/a?fieldManager=me", "application/merge-patch+json", """{"spec":{"min":null}}"""));
        await Should.ThrowAsync<ArgumentException>(() => client.MergePatchAsync(Widget.Type, null, "a", default, new string('m', 129), CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    public async Task DeleteAsync_NameThatWouldAddressTheCollection_SendsNothing(string name)
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync("{}"));
        using KubernetesClient client = KubernetesClients.Connect(server);

        (await client.DeleteAsync(Widget.Type, null, name, null, CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Invalid);
        server.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("delete with the right uid", true, null)]
    [InlineData("delete missing", true, null)]
    [InlineData("delete: only marked", true, null)]
    [InlineData("delete with the wrong uid", false, KubeErrorKind.Conflict)]
    public async Task DeleteAsync_RecordedAnswers_AreUnderstood(string note, bool success, KubeErrorKind? error)
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.RecordedAsync("07-delete.json", note));
        using KubernetesClient client = KubernetesClients.Connect(server);

        KubeResult<Status> result = await client.DeleteAsync(Widget.Type, null, "pre", "the-uid", CancellationToken.None);

        result.IsSuccess.ShouldBe(success);
        result.Error?.Kind.ShouldBe(error!.Value);
        if (success) result.Value!.Result.ShouldBe("Success");
        server.Requests.Single().Body.ShouldBe(
            """{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background","preconditions":{"uid":"the-uid"}}""");
    }

    [Fact]
    public async Task CreateAsync_Namespaced_GoesToItsNamespace()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.RecordedAsync("09-leases-events.json", "lease create"));
        using KubernetesClient client = KubernetesClients.Connect(server);
        var lease = new Kube.CoreTypes.Lease { Metadata = new ObjectMeta { Name = "lead", Namespace = "default" } };

        (await client.CreateAsync(Kube.CoreTypes.BuiltInTypes.Lease, lease, CancellationToken.None)).IsSuccess.ShouldBeTrue();

        SeenRequest seen = server.Requests.Single();
        (seen.Method, seen.Target, seen.ContentType).ShouldBe(("POST", "/apis/coordination.k8s.io/v1/namespaces/default/leases", "application/json"));
    }

    [Fact]
    public async Task CreateAsync_NamespacedWithoutNamespace_SendsNothing()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync("{}"));
        using KubernetesClient client = KubernetesClients.Connect(server);
        var lease = new Kube.CoreTypes.Lease { Metadata = new ObjectMeta { Name = "lead" } };

        (await client.CreateAsync(Kube.CoreTypes.BuiltInTypes.Lease, lease, CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Invalid);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task GetAsync_AnswerIsNotJson_IsMalformed()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync("<html>"));
        using KubernetesClient client = KubernetesClients.Connect(server);

        (await client.GetAsync(Widget.Type, null, "a", CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Malformed);
    }
}
