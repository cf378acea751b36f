// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>
/// Credentials from a plugin: run when they are first needed, kept until they expire or the server refuses them, by one caller at
/// a time while the others wait for the same answer.
/// </summary>
public sealed class ExecCredentialSource : IDisposable
{
    private readonly ExecConfig _config;
    private readonly ExecClusterInfo? _cluster;
    private readonly IExecRunner _runner;
    private readonly TimeProvider _time;
    private readonly InstallHint _hint;
    private readonly SemaphoreSlim _running = new(1, 1);
    private volatile ExecCredential? _held;
    private volatile ExecCertificate? _certificate;

    internal ExecCredentialSource(ExecConfig config, ExecClusterInfo? cluster, IExecRunner runner, TimeProvider time)
    {
        (_config, _cluster, _runner, _time) = (config, cluster, runner, time);
        _hint = new InstallHint(config.InstallHint, time);
    }

    /// <summary>What a new connection presents: the certificate of the plugin's last answer, if it had one.</summary>
    internal SslStreamCertificateContext? CurrentCertificate => _certificate?.Context;

    /// <inheritdoc/>
    public void Dispose() => _running.Dispose();

    /// <summary>What to authenticate with now.</summary>
    /// <exception cref="CredentialException">The plugin gave nothing of use.</exception>
    internal async ValueTask<ExecCredential> GetAsync(CancellationToken ct)
    {
        if (Fresh() is { } fresh) return fresh;
        await _running.WaitAsync(ct);
        try
        {
            return Fresh() ?? await RunAsync(ct);
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>The server refused these; what another request has fetched meanwhile stays.</summary>
    internal void Drop(ExecCredential refused) => Interlocked.CompareExchange(ref _held, null, refused);

    private ExecCredential? Fresh()
    {
        ExecCredential? held = _held;
        return held is null || held.Expires <= _time.GetUtcNow() ? null : held;
    }

    private async Task<ExecCredential> RunAsync(CancellationToken ct)
    {
        bool interactive = _config.InteractiveMode != ExecInteractiveMode.Never && _runner.HasTerminal;
        if (_config.InteractiveMode == ExecInteractiveMode.Always && !interactive) throw Unusable("it wants a terminal, and there is none");
        string info = ExecInfo.Write(_config.ApiVersion, interactive, _config.ProvideClusterInfo ? _cluster : null);
        ExecOutcome outcome = await _runner.RunAsync(_config, info, interactive, ct);
        if (outcome.Output is not { } output) throw Unusable(outcome.IsMissing ? $"{outcome.Problem}{_hint.Next()}" : outcome.Problem);
        ExecResult result = ExecResult.TryRead(output, _config.ApiVersion, out string? problem) ?? throw Unusable(problem);
        // The same certificate stays the same object, so that only another one costs new connections.
        if (_certificate is not { } known || !known.IsOf(result))
            _certificate = ExecCertificate.TryCreate(result, out problem) ?? (problem is null ? null : throw Unusable(problem));
        return _held = new ExecCredential(result.Token, result.Expires);
    }

    private CredentialException Unusable(string? problem) => new($"The credential plugin {_config.Command} cannot be used: {problem}.");
}
