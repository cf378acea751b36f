// SPDX-License-Identifier: Apache-2.0

using System.Security.Authentication;
using Polly;
using Polly.Retry;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// client-go's rule for sending a call again: 429 always, 5xx only when the server names a time, a lost connection only when
/// the call is idempotent. Nothing else, and never without bound.
/// </summary>
internal static class RetryRules
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    public static ResiliencePipeline<HttpResponseMessage> Build(KubernetesClientOptions options, TimeProvider time, bool idempotent)
    {
        if (options.MaxRetries <= 0) return ResiliencePipeline<HttpResponseMessage>.Empty;
        var retry = new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = options.MaxRetries,
            ShouldHandle = arguments => ValueTask.FromResult(ShouldRetry(arguments.Outcome, idempotent)),
            DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(Delay(arguments.AttemptNumber, arguments.Outcome.Result, options, time)),
            OnRetry = static arguments =>
            {
                // Frees the connection; the handler drains a small rest by itself.
                arguments.Outcome.Result?.Dispose();
                return ValueTask.CompletedTask;
            },
        };
        return new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddRetry(retry).Build();
    }

    private static bool ShouldRetry(Outcome<HttpResponseMessage> outcome, bool idempotent) => outcome switch
    {
        { Result: { } response } => (int)response.StatusCode == 429 || ((int)response.StatusCode >= 500 && response.Headers.RetryAfter is not null),
        // A refused certificate stays refused.
        { Exception: HttpRequestException { InnerException: AuthenticationException } } => false,
        { Exception: HttpRequestException or IOException } => idempotent,
        _ => false,
    };

    private static TimeSpan Delay(int attempt, HttpResponseMessage? response, KubernetesClientOptions options, TimeProvider time)
    {
        // A server that is away gains nothing from long waits, and the callers want to be back soon after it is.
        TimeSpan own = FirstDelay * Math.Pow(2, Math.Min(attempt, response is null ? 3 : 10)) * (1 + options.Jitter());
        TimeSpan asked = response is null ? TimeSpan.Zero : ErrorMapper.RetryAfter(response.Headers, time.GetUtcNow()) ?? TimeSpan.Zero;
        TimeSpan longer = own > asked ? own : asked;
        return longer < options.MaxRetryDelay ? longer : options.MaxRetryDelay;
    }
}
