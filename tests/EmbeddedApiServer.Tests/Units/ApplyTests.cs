// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

public sealed class ApplyTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        (await _server.SendAsync("POST", Objects.Definitions, Objects.WidgetDefinition())).Code.ShouldBe(201);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Apply_LastItemLeftOut_RemovesTheList()
    {
        JsonObject widget = Objects.Widget("a");
        widget["metadata"]!["labels"] = new JsonObject { ["x"] = "y" };
        widget["spec"]!["tests"] = new JsonArray(new JsonObject { ["name"] = "ping" });
        await _server.ApplyAsync(Objects.Widgets + "/a", widget);

        (_, JsonNode? after) = await _server.ApplyAsync(Objects.Widgets + "/a", Objects.Widget("a"));

        ((JsonObject)after!["spec"]!).ContainsKey("tests").ShouldBeFalse();
        ((JsonObject)after["metadata"]!).ContainsKey("labels").ShouldBeFalse();
    }

    [Fact]
    public async Task Apply_ByASecondManagerWithTheSameValues_SharesOwnership()
    {
        await _server.ApplyAsync(Objects.Widgets + "/a", Objects.Widget("a"), "one");

        (int code, JsonNode? after) = await _server.ApplyAsync(Objects.Widgets + "/a", Objects.Widget("a"), "two", force: false);

        code.ShouldBe(200);
        ((JsonArray)after!["metadata"]!["managedFields"]!).Select(entry => (string)entry!["manager"]!).ShouldBe(["one", "two"]);
        ((int)after["metadata"]!["generation"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Apply_FieldOwnedByAnUpdate_ConflictsWithoutForce()
    {
        await _server.SendAsync("POST", Objects.Widgets, Objects.Widget("a"));
        JsonObject widget = Objects.Widget("a");
        widget["spec"]!["min"] = 7;

        (int code, JsonNode? body) = await _server.ApplyAsync(Objects.Widgets + "/a", widget, "two", force: false);

        code.ShouldBe(409);
        ((string)body!["details"]!["causes"]![0]!["field"]!).ShouldBe(".spec.min");
    }

    [Fact]
    public async Task Create_DefinitionWithUnknownCel_IsRefusedWithTheReason()
    {
        JsonNode definition = Objects.WidgetDefinition();
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["x-kubernetes-validations"]![0]!["rule"] = "quantity(self.max) > 1";
        definition["spec"]!["names"]!["plural"] = "others";
        definition["metadata"]!["name"] = "others.example.dev";

        (int code, JsonNode? body) = await _server.SendAsync("POST", Objects.Definitions, definition);

        code.ShouldBe(422);
        ((string)body!["message"]!).ShouldContain("undeclared reference to 'quantity'");
    }

    [Fact]
    public async Task Delete_Definition_TakesItsObjectsAndItsPathAway()
    {
        await _server.SendAsync("POST", Objects.Widgets, Objects.Widget("a"));

        await _server.SendAsync("DELETE", Objects.Definitions + "/widgets.example.dev");
        (int gone, _) = await _server.SendAsync("GET", Objects.Widgets);
        await _server.SendAsync("POST", Objects.Definitions, Objects.WidgetDefinition());
        (_, JsonNode? list) = await _server.SendAsync("GET", Objects.Widgets);

        gone.ShouldBe(404);
        ((JsonArray)list!["items"]!).ShouldBeEmpty();
    }

    [Fact]
    public async Task Patch_StrategicOnADaemonSet_KeepsOtherContainers()
    {
        await _server.ApplyAsync(Objects.DaemonSet, Objects.Daemons());

        JsonNode patch = JsonNode.Parse("""{"spec":{"template":{"spec":{"containers":[{"name":"second","image":"known:9"}]}}}}""")!;
        (int code, JsonNode? body) = await _server.SendAsync("PATCH", Objects.DaemonSet, patch, "application/strategic-merge-patch+json");

        code.ShouldBe(200);
        ((JsonArray)body!["spec"]!["template"]!["spec"]!["containers"]!).Select(container => (string)container!["name"]!).ShouldBe(["probe", "second"]);
        ((int)body["metadata"]!["generation"]!).ShouldBe(2);
    }
}
