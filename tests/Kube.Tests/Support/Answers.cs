// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>Ways to answer a request.</summary>
internal static class Answers
{
    public static Task JsonAsync(this HttpContext context, string body, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    public static Task RecordedAsync(this HttpContext context, string file, string note)
    {
        JsonNode response = Recording.Exchange(file, note)["response"]!;
        return context.JsonAsync(response["body"]!.ToJsonString(), (int)response["status"]!);
    }

    public static Task StatusAsync(this HttpContext context, int code, string reason, int? retryAfter = null)
    {
        if (retryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return context.JsonAsync(Status(code, reason), code);
    }

    public static string Status(int code, string reason) =>
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"as scripted","reason":"{{reason}}","code":{{code}}}""";

    public static string List(string version, string? next, params string[] names)
    {
        string items = string.Join(',', names.Select(name => $$$"""{"metadata":{"name":"{{{name}}}","uid":"uid-{{{name}}}","resourceVersion":"{{{version}}}"}}"""));
        return $$"""{"kind":"WidgetList","apiVersion":"example.dev/v1alpha1","metadata":{"resourceVersion":"{{version}}","continue":"{{next}}"},"items":[{{items}}]}""";
    }

    public static string Frame(string type, string name, string version) =>
        $$$$"""{"type":"{{{{type}}}}","object":{"apiVersion":"example.dev/v1alpha1","kind":"Widget","metadata":{"name":"{{{{name}}}}","uid":"uid-{{{{name}}}}","resourceVersion":"{{{{version}}}}"}}}""" + "\n";

    public static async Task FramesAsync(this HttpContext context, params string[] frames)
    {
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync();
        foreach (string frame in frames)
        {
            await context.Response.WriteAsync(frame);
            await context.Response.Body.FlushAsync();
        }
    }
}
