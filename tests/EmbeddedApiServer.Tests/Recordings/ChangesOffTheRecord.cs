// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Recordings;

/// <summary>What the recordings presuppose and do not contain.</summary>
internal static class ChangesOffTheRecord
{
    private const string Widgets = "/apis/example.dev/v1alpha1/widgets";

    /// <summary>The seven objects that the lists of recording 05 show.</summary>
    public static async Task MakeListAsync(TestServer server)
    {
        for (int index = 0; index < 7; index++)
        {
            var body = new JsonObject
            {
                ["apiVersion"] = "example.dev/v1alpha1",
                ["kind"] = "Widget",
                ["metadata"] = new JsonObject { ["name"] = $"l{index}", ["labels"] = new JsonObject { ["grp"] = index % 2 == 0 ? "q" : "p" } },
                ["spec"] = new JsonObject { ["nodeName"] = $"n{index}" },
            };
            await ExpectAsync(201, server.SendAsync("POST", Widgets, body));
        }
    }

    /// <summary>On another connection while a watch was recorded: create, label, status, delete.</summary>
    public static async Task WhileWatchingAsync(TestServer server)
    {
        await ExpectAsync(201, server.SendAsync("POST", Widgets, JsonNode.Parse("""{"apiVersion":"example.dev/v1alpha1","kind":"Widget","metadata":{"name":"wx"},"spec":{"nodeName":"n1"}}""")));
        await ExpectAsync(200, server.SendAsync("PATCH", Widgets + "/wx", JsonNode.Parse("""{"metadata":{"labels":{"l":"1"}}}"""), "application/merge-patch+json"));
        await ExpectAsync(200, server.SendAsync("PATCH", Widgets + "/wx/status", JsonNode.Parse("""{"status":{"phase":"P"}}"""), "application/merge-patch+json"));
        await ExpectAsync(200, server.SendAsync("DELETE", Widgets + "/wx"));
    }

    private static async Task ExpectAsync(int code, Task<(int Code, JsonNode? Body)> answer) => (await answer).Code.ShouldBe(code);
}
