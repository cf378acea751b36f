// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.IO.Pipelines;

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>The answer to a watch: one JSON document per line. The bytes of an object are made once for all its watchers.</summary>
internal sealed class WatchStream(RequestContext request, Presenter presenter)
{
    private bool _isFirst = true;

    private PipeWriter Output => request.Http.Response.BodyWriter;

    /// <summary>Sends the headers: the open stream itself is news, a client may wait for it before it lets others write.</summary>
    public async Task OpenAsync()
    {
        request.Http.Response.StatusCode = 200;
        request.Http.Response.ContentType = "application/json";
        request.Http.Response.Headers.CacheControl = "no-cache, private";
        await request.Http.Response.StartAsync(request.Http.RequestAborted);
        await Output.FlushAsync(request.Http.RequestAborted);
    }

    public async Task WriteAsync(IReadOnlyList<WatchFrame> frames)
    {
        long bytes = 0;
        foreach (WatchFrame frame in frames)
        {
            if (frame.Item is { } item && Presenter.IsPlain(request.Target.Resource, item, request.Form))
                bytes += WriteStored(frame.Type, item);
            else
                bytes += Write([.. Json.Bytes(presenter.Frame(request.Target.Resource, frame, request.Form, request.IncludeObject, _isFirst)), (byte)'\n']);
            _isFirst = false;
        }

        RequestMeter.Of(request.Http).Sent(bytes);
        await Output.FlushAsync(request.Http.RequestAborted);
    }

    /// <summary>Writes a line that ends in its middle.</summary>
    public async Task WriteHalfAsync(WatchFrame frame)
    {
        byte[] line = Json.Bytes(presenter.Frame(request.Target.Resource, frame, request.Form, request.IncludeObject, _isFirst));
        Write(line.AsSpan(0, line.Length / 2));
        await Output.FlushAsync(request.Http.RequestAborted);
    }

    private long WriteStored(string type, StoredObject item)
    {
        long head = type switch
        {
            "ADDED" => Write("""{"type":"ADDED","object":"""u8),
            "MODIFIED" => Write("""{"type":"MODIFIED","object":"""u8),
            _ => Write("""{"type":"DELETED","object":"""u8),
        };
        return head + Write(item.Json.Span) + Write("}\n"u8);
    }

    private long Write(ReadOnlySpan<byte> bytes)
    {
        Output.Write(bytes);
        return bytes.Length;
    }
}
