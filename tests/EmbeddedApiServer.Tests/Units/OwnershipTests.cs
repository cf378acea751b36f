// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

/// <summary>Owner references, finalizers, namespaces.</summary>
public sealed class OwnershipTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await _server.SendAsync("POST", Objects.Definitions, Objects.WidgetDefinition());
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task DeleteOwner_InTheBackground_DeletesWhatItOwns()
    {
        await MakeOwnedAsync();

        await _server.SendAsync("DELETE", Objects.Widgets + "/owner");

        JsonNode? left = await _server.UntilAsync(Maps + "/owned", IsGone);
        IsGone(left).ShouldBeTrue();
    }

    [Fact]
    public async Task DeleteOwner_Orphaning_KeepsWhatItOwns()
    {
        await MakeOwnedAsync();

        await _server.SendAsync("DELETE", Objects.Widgets + "/owner?propagationPolicy=Orphan");

        IsGone(await _server.UntilAsync(Objects.Widgets + "/owner", IsGone)).ShouldBeTrue();
        (int code, JsonNode? kept) = await _server.SendAsync("GET", Maps + "/owned");
        code.ShouldBe(200);
        kept!["metadata"]!["ownerReferences"].ShouldBeNull();
    }

    [Fact]
    public async Task DeleteOwner_InTheForeground_GoesAfterWhatItOwns()
    {
        await MakeOwnedAsync(finalizer: "example.dev/hold");

        await _server.SendAsync("DELETE", Objects.Widgets + "/owner?propagationPolicy=Foreground");
        await _server.UntilAsync(Maps + "/owned", body => body?["metadata"]?["deletionTimestamp"] is not null);
        (int waiting, _) = await _server.SendAsync("GET", Objects.Widgets + "/owner");
        await _server.SendAsync("PATCH", Maps + "/owned", JsonNode.Parse("""{"metadata":{"finalizers":null}}"""), "application/merge-patch+json");

        waiting.ShouldBe(200);
        IsGone(await _server.UntilAsync(Objects.Widgets + "/owner", IsGone)).ShouldBeTrue();
    }

    [Fact]
    public async Task Create_WithAnOwnerThatDoesNotExist_IsCollected()
    {
        await _server.SendAsync("POST", Maps, Map(Guid.NewGuid().ToString()));

        IsGone(await _server.UntilAsync(Maps + "/owned", IsGone)).ShouldBeTrue();
    }

    [Fact]
    public async Task DeleteNamespace_WithContent_EmptiesItFirst()
    {
        await _server.SendAsync("POST", "/api/v1/namespaces", JsonNode.Parse("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team"}}"""));
        await _server.UntilAsync("/api/v1/namespaces/team/serviceaccounts/default", body => !IsGone(body));

        (int code, JsonNode? marked) = await _server.SendAsync("DELETE", "/api/v1/namespaces/team");

        code.ShouldBe(200);
        ((string)marked!["status"]!["phase"]!).ShouldBe("Terminating");
        IsGone(await _server.UntilAsync("/api/v1/namespaces/team", IsGone)).ShouldBeTrue();
        (int create, _) = await _server.SendAsync("POST", "/api/v1/namespaces/team/configmaps", JsonNode.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"late"}}"""));
        create.ShouldBe(404);
    }

    private async Task MakeOwnedAsync(string? finalizer = null)
    {
        (_, JsonNode? owner) = await _server.SendAsync("POST", Objects.Widgets, Objects.Widget("owner"));
        JsonNode map = Map((string)owner!["metadata"]!["uid"]!);
        if (finalizer is not null)
            map["metadata"]!["finalizers"] = new JsonArray(finalizer);
        (await _server.SendAsync("POST", Maps, map)).Code.ShouldBe(201);
    }

    private static JsonNode Map(string uid) => JsonNode.Parse($$$"""
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owned","ownerReferences":[{"apiVersion":"example.dev/v1alpha1","kind":"Widget","name":"owner","uid":"{{{uid}}}"}]}}
        """)!;

    private static bool IsGone(JsonNode? body) => (int?)body?["code"] == 404;
}
