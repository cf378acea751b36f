// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>One open watch. Whatever ends it ends as a value, except the caller's own cancellation.</summary>
internal sealed class WatchStream<T>(ApiCaller caller, ResourceType<T> type, KubernetesClientOptions options, TimeProvider time) : IAsyncDisposable
    where T : class, IKubernetesObject
{
    private readonly CancellationTokenSource _limit = new(Timeout.InfiniteTimeSpan, time);
    private HttpResponseMessage? _response;
    private LineReader? _lines;
    private bool _ended;

    /// <summary>Waits for the headers, which is when the watch is open; a refusal is returned.</summary>
    public async Task<KubeError?> OpenAsync(string path, TimeSpan timeout, CancellationToken ct)
    {
        _limit.CancelAfter(options.CallLimit);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, _limit.Token);
        try
        {
            _response = await caller.OpenAsync(new ApiCall(HttpMethod.Get, path, IsIdempotent: true), both.Token);
            if (!_response.IsSuccessStatusCode) return await caller.RefusalAsync(_response, both.Token);
            _lines = new LineReader(await _response.Content.ReadAsStreamAsync(both.Token), options.MaxWatchLineBytes);
            _limit.CancelAfter(timeout + options.WatchGrace);
            return null;
        }
        catch (Exception e) when (ApiCaller.ToError(e, ct) is { } error)
        {
            return error;
        }
    }

    /// <summary>The next frame; null at the end. A connection that breaks is one last event with an error.</summary>
    public async ValueTask<WatchEvent<T>?> NextAsync(CancellationToken ct)
    {
        if (_ended || _lines is null) return null;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, _limit.Token);
        try
        {
            ReadOnlySequence<byte>? line = await _lines.NextAsync(both.Token);
            if (line is { } bytes) return WatchFrameParser.Parse(bytes, type);
            _ended = true;
            return null;
        }
        catch (Exception e) when (ApiCaller.ToError(e, ct) is { } error)
        {
            _ended = true;
            return new WatchEvent<T> { Type = WatchEventType.Error, Error = error };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lines is not null) await _lines.DisposeAsync();
        _response?.Dispose();
        _limit.Dispose();
    }
}
