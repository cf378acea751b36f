// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>Writes answers in JSON.</summary>
internal static class ResponseWriter
{
    public static Task JsonAsync(HttpContext context, int code, JsonNode body, string contentType = "application/json") =>
        BytesAsync(context, code, Json.Bytes(body), contentType);

    public static async Task BytesAsync(HttpContext context, int code, ReadOnlyMemory<byte> body, string contentType)
    {
        Begin(context, code, contentType, body.Length);
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    public static void Begin(HttpContext context, int code, string contentType, long length)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = length;
        if (context.Response.Headers.CacheControl.Count == 0)
            context.Response.Headers.CacheControl = "no-cache, private";
        RequestMeter.Of(context).Answered(code, HttpMethods.IsHead(context.Request.Method) ? 0 : length);
    }

    public static Task ErrorAsync(HttpContext context, ApiError error)
    {
        if (error.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return JsonAsync(context, error.Code, error.ToJson());
    }

    public static Task TextAsync(HttpContext context, int code, string text) => BytesAsync(context, code, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");

    public static Task NoSuchPageAsync(HttpContext context) => TextAsync(context, 404, "404 page not found\n");

    public static void Warn(HttpContext context, IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
            context.Response.Headers.Append("Warning", $"299 - \"{warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
    }
}
