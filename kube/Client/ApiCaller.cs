// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Kube.Credentials;
using Polly;

namespace KubeWgDiag.Kube.Client;

/// <summary>Sends calls, retries what may be retried, and turns every outcome into a value.</summary>
internal sealed class ApiCaller(HttpClient http, Uri server, KubernetesClientOptions options, TimeProvider time)
{
    /// <summary>How much of a refusal's body is read: a Status with many causes fits.</summary>
    private const int MaxErrorBytes = 256 << 10;

    private readonly ResiliencePipeline<HttpResponseMessage> _idempotent = RetryRules.Build(options, time, idempotent: true);
    private readonly ResiliencePipeline<HttpResponseMessage> _other = RetryRules.Build(options, time, idempotent: false);

    /// <summary>Sends and reads the whole answer within the call limit.</summary>
    public async Task<KubeResult<T>> CallAsync<T>(ApiCall call, Func<Stream, CancellationToken, ValueTask<T?>> read, CancellationToken ct)
        where T : class
    {
        using var limit = new CancellationTokenSource(options.CallLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using HttpResponseMessage response = await SendAsync(call, both.Token);
            if (!response.IsSuccessStatusCode) return await RefusalAsync(response, both.Token);
            await using var body = new LimitedStream(await response.Content.ReadAsStreamAsync(both.Token), call.MaxBodyBytes ?? options.MaxBodyBytes);
            T? value = await read(body, both.Token);
            return value is null ? new KubeError(KubeErrorKind.Malformed, "The server answered with nothing.") : KubeResult<T>.Ok(value);
        }
        catch (Exception e) when (ToError(e, ct) is { } error)
        {
            return error;
        }
    }

    /// <summary>Sends once and returns as soon as the headers are there; nothing is retried.</summary>
    public async Task<HttpResponseMessage> OpenAsync(ApiCall call, CancellationToken ct)
    {
        long start = time.GetTimestamp();
        HttpResponseMessage? response = null;
        try
        {
            return response = await http.SendAsync(call.ToMessage(server), HttpCompletionOption.ResponseHeadersRead, ct);
        }
        finally
        {
            options.Metrics?.Requested(call.Method, (int?)response?.StatusCode, time.GetElapsedTime(start));
        }
    }

    /// <summary>Reads the start of a refusal's body and decodes it.</summary>
    public async Task<KubeError> RefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var buffer = new byte[MaxErrorBytes];
        await using Stream body = await response.Content.ReadAsStreamAsync(ct);
        int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return ErrorMapper.FromResponse((int)response.StatusCode, buffer.AsSpan(0, length), ErrorMapper.RetryAfter(response.Headers, time.GetUtcNow()));
    }

    /// <summary>The value for an exception that a call can end with; null for the caller's own cancellation and for bugs.</summary>
    public static KubeError? ToError(Exception exception, CancellationToken ct) => exception switch
    {
        OperationCanceledException => ct.IsCancellationRequested ? null : new KubeError(KubeErrorKind.Unreachable, "The server did not answer in time."),
        CredentialException => new KubeError(KubeErrorKind.Unauthorized, exception.Message),
        HttpRequestException or IOException => new KubeError(KubeErrorKind.Unreachable, $"{exception.Message} {exception.InnerException?.Message}".TrimEnd()),
        JsonException => new KubeError(KubeErrorKind.Malformed, $"The answer cannot be read: {exception.Message}"),
        BodyTooLargeException => new KubeError(KubeErrorKind.Malformed, exception.Message),
        _ => null,
    };

    private async Task<HttpResponseMessage> SendAsync(ApiCall call, CancellationToken ct) =>
        await (call.IsIdempotent ? _idempotent : _other).ExecuteAsync(
            static async (state, token) => await state.Self.OpenAsync(state.Call, token), (Self: this, Call: call), ct);
}
