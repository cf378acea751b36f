// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>
/// A bearer token from a file that is rotated behind our back. It is read again every minute, counted as stale 10 s before
/// that; while a new one cannot be read the old one is used.
/// </summary>
public sealed class TokenSource : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60) - TimeSpan.FromSeconds(10);

    private readonly string? _path;
    private readonly TimeProvider _time;
    private readonly KubeLog? _log;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Held? _held;

    /// <summary>Reads from a file on first use.</summary>
    /// <param name="path">The token's file.</param>
    /// <param name="time">Clock.</param>
    /// <param name="fallback">Used while the file has never been readable.</param>
    /// <param name="log">Told when the file cannot be read.</param>
    public TokenSource(string path, TimeProvider time, string? fallback = null, KubeLog? log = null)
    {
        (_path, _time, _log) = (path, time, log);
        if (fallback is not null) _held = new Held(fallback, long.MinValue);
    }

    private TokenSource(string token)
    {
        _time = TimeProvider.System;
        _held = new Held(token, long.MaxValue);
    }

    /// <summary>A token that never changes.</summary>
    public static TokenSource Fixed(string token) => new(token);

    /// <summary>The token to send now.</summary>
    /// <exception cref="CredentialException">There is no token, new or old.</exception>
    public async ValueTask<string> GetAsync(CancellationToken ct)
    {
        if (Current() is { } current) return current;
        await _reading.WaitAsync(ct);
        try
        {
            return Current() ?? Read();
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>
    /// Forgets a token that was read before a moment: the server refused it. One that another request has read since stays.
    /// </summary>
    /// <param name="timestamp">Of the same clock's <see cref="TimeProvider.GetTimestamp"/>: when the refused request began.</param>
    public void DropIfReadBefore(long timestamp)
    {
        Held? held = _held;
        if (held is not null && held.ReadAt < timestamp) Interlocked.CompareExchange(ref _held, null, held);
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private string? Current()
    {
        Held? held = _held;
        if (held is null || held.ReadAt == long.MinValue) return null;
        return held.ReadAt == long.MaxValue || _time.GetElapsedTime(held.ReadAt) < Fresh ? held.Token : null;
    }

    private string Read()
    {
        Held? old = _held;
        if (_path is null) throw new CredentialException("The server refused the token.");
        long now = _time.GetTimestamp();
        string? token = CredentialFile.TryRead(_path, out string? problem)?.Trim();
        if (token is not null) problem = Problem(token);
        if (problem is null)
        {
            _held = new Held(token!, now);
            return token!;
        }

        if (old is null) throw new CredentialException($"No token: {problem}");
        _log?.Invoke(KubeLogLevel.Warning, $"The token cannot be read again, the old one is used: {problem}");
        return old.Token;
    }

    private string? Problem(string token)
    {
        if (token.Length == 0) return $"{_path} is empty.";
        return token.AsSpan().ContainsAnyExceptInRange('!', '~') ? $"{_path} holds what cannot be a token." : null;
    }

    private sealed class Held(string token, long readAt)
    {
        public string Token { get; } = token;

        public long ReadAt { get; } = readAt;
    }
}
