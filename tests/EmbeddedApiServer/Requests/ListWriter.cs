// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>A list in its plain form, put together from the stored bytes of its items and sent piece by piece.</summary>
internal static class ListWriter
{
    private const int FlushAfter = 256 * 1024;

    public static bool Fits(ApiResource resource, ListResult list, AcceptForm form) => form.IsPlain && list.Items.All(resource.ShowsStored);

    public static async Task WriteAsync(HttpContext context, ApiResource resource, ListResult list)
    {
        byte[] head = Head(resource, list);
        // Items of a built-in list do not repeat what the list already says.
        long items = list.Items.Sum(item => resource.IsCustom ? (long)item.Size : item.JsonAfterType.Length + 1L);
        long length = head.Length + items + Math.Max(0, list.Items.Count - 1) + 2;
        ResponseWriter.Begin(context, 200, "application/json", length);
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        PipeWriter output = context.Response.BodyWriter;
        output.Write(head);
        long unsent = 0;
        for (int index = 0; index < list.Items.Count; index++)
        {
            StoredObject item = list.Items[index];
            if (index > 0)
                output.Write(","u8);
            if (!resource.IsCustom)
                output.Write("{"u8);
            output.Write((resource.IsCustom ? item.Json : item.JsonAfterType).Span);
            unsent += item.Size;
            if (unsent < FlushAfter)
                continue;
            unsent = 0;
            await output.FlushAsync(context.RequestAborted);
        }

        output.Write("]}"u8);
        await output.FlushAsync(context.RequestAborted);
    }

    private static byte[] Head(ApiResource resource, ListResult list)
    {
        var head = new JsonObject { ["kind"] = resource.ListKind, ["apiVersion"] = resource.GroupVersion, ["metadata"] = list.Metadata(alwaysContinue: resource.IsCustom) };
        byte[] bytes = Json.Bytes(head);
        return [.. bytes.AsSpan(0, bytes.Length - 1), .. ",\"items\":["u8];
    }
}
