// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class KubernetesClientListTests
{
    [Fact]
    public async Task ListAsync_ThreePages_PassesTheTokenAndNoVersion()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync(context.Request.Query["continue"].ToString() switch
        {
            "" => Answers.List("5", "t1", "a", "b"),
            "t1" => Answers.List("5", "t2", "c"),
            _ => Answers.List("5", "", "d"),
        }));
        using KubernetesClient client = Connect(server);

        KubeResult<KubernetesList<Widget>> list = await client.ListAsync(
            Widget.Type, new ListOptions { LabelSelector = "x=y", ResourceVersion = "0", PageSize = 2 }, CancellationToken.None);

        list.Value!.Items.Select(item => item.Metadata.Name).ShouldBe(["a", "b", "c", "d"]);
        list.Value.Metadata.ResourceVersion.ShouldBe("5");
        server.Requests.Select(request => request.Target).ShouldBe(
        [
            "/apis/example.dev/v1alpha1/widgets?labelSelector=x%3Dy&resourceVersion=0&limit=2",
            "/apis/example.dev/v1alpha1/widgets?labelSelector=x%3Dy&limit=2&continue=t1",
            "/apis/example.dev/v1alpha1/widgets?labelSelector=x%3Dy&limit=2&continue=t2",
        ]);
    }

    [Theory]
    [InlineData("Expired")]
    [InlineData("Gone")]
    public async Task ListAsync_TokenExpiresOnPageTwo_ReadsAllAgainWithoutLimit(string reason)
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
        {
            if (context.Request.Query.ContainsKey("continue")) return context.StatusAsync(410, reason);
            return context.JsonAsync(context.Request.Query.ContainsKey("limit") ? Answers.List("5", "t1", "stale") : Answers.List("9", "", "a", "b"));
        });
        using KubernetesClient client = Connect(server);

        KubeResult<KubernetesList<Widget>> list = await client.ListAsync(Widget.Type, new ListOptions { PageSize = 1 }, CancellationToken.None);

        list.Value!.Items.Select(item => item.Metadata.Name).ShouldBe(["a", "b"]);
        list.Value.Metadata.ResourceVersion.ShouldBe("9");
        server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task ListAsync_ExactVersion_IsAskedWithoutLimit()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync(Answers.List("8", null)));
        using KubernetesClient client = Connect(server);

        await client.ListAsync(Widget.Type, new ListOptions { ResourceVersion = "7" }, CancellationToken.None);

        server.Requests.Single().Target.ShouldBe("/apis/example.dev/v1alpha1/widgets?resourceVersion=7");
    }

    [Fact]
    public async Task ListAsync_ServerRepeatsItsToken_Ends()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync(Answers.List("5", "same", "a")));
        using KubernetesClient client = Connect(server);

        KubeResult<KubernetesList<Widget>> list = await client.ListAsync(Widget.Type, new ListOptions(), CancellationToken.None);

        list.Error!.Kind.ShouldBe(KubeErrorKind.Malformed);
    }

    [Fact]
    public async Task ListAsync_ItemsNull_IsEmpty()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync("""{"metadata":{"resourceVersion":"1"},"items":null}"""));
        using KubernetesClient client = Connect(server);

        KubeResult<KubernetesList<Widget>> list = await client.ListAsync(Widget.Type, new ListOptions(), CancellationToken.None);

        list.Value!.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task ListAsync_RecordedPages_AreReadWhole()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
            context.RecordedAsync("05-list.json", context.Request.Query.ContainsKey("continue") ? "second page" : "list, limit 3"));
        using KubernetesClient client = Connect(server);

        KubeResult<KubernetesList<Widget>> list = await client.ListAsync(Widget.Type, new ListOptions { PageSize = 3 }, CancellationToken.None);

        // The recorded second page points to a third, which the script answers with the second again.
        list.Error!.Kind.ShouldBe(KubeErrorKind.Malformed);
        server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task ListAsync_BodyOverTheLimit_IsMalformed()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync(Answers.List("5", null, new string('a', 5000))));
        using KubernetesClient client = KubernetesClients.Connect(server, new KubernetesClientOptions { MaxListBytes = 1000 });

        (await client.ListAsync(Widget.Type, new ListOptions(), CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Malformed);
    }

    [Fact]
    public async Task ListAsync_OneUnreadableObjectOnAPage_IsCountedAndLoggedOnce()
    {
        var log = new List<string>();
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync(
            """{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"a"},"spec":7},{"metadata":{"name":"b"}},{"metadata":{"name":"c"},"spec":7}]}"""));
        using KubernetesClient client = KubernetesClients.Connect(server, new KubernetesClientOptions { Log = (_, message, _) => log.Add(message) });

        KubeResult<KubernetesList<Widget>> list = await client.ListAsync(Widget.Type, new ListOptions(), CancellationToken.None);

        list.Value!.Items.ShouldHaveSingleItem().Metadata.Name.ShouldBe("b");
        list.Value.Skipped.ShouldBe(2);
        log.ShouldHaveSingleItem().ShouldContain("the first is a: ");
    }

    [Fact]
    public async Task ListAsync_ConnectionCutInTheMiddle_IsUnreachableAndNoHalfList()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(async context =>
        {
            await context.FramesAsync(Answers.List("5", null, "a", "b")[..150]);
            context.Abort();
        });
        using KubernetesClient client = Connect(server);

        (await client.ListAsync(Widget.Type, new ListOptions(), CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
    }

    private static KubernetesClient Connect(FakeApiServer server) => KubernetesClients.Connect(server);
}
