// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Credentials;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// Sends over connections that were made with today's authority and today's client certificate. When one of them changes, new
/// requests get new connections, the idle old ones are closed, and what is under way on an old one may end there: a connection
/// that was checked when it was made does not become wrong in the middle of an answer, and a watch ends within minutes anyhow.
/// </summary>
internal sealed class RenewingHandler(ClusterAccess access, Func<HttpMessageHandler> create) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private Generation? _current;
    private bool _disposed;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Generation mine = Enter();
        try
        {
            return await mine.Invoker.SendAsync(request, cancellationToken);
        }
        finally
        {
            Leave(mine);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _disposed = true;
                Retire(_current);
            }
        }

        base.Dispose(disposing);
    }

    private Generation Enter()
    {
        // Looks at files now and then, so it stands outside the lock; two requests that race here agree or differ by a moment.
        object? trust = access.Trust?.Current();
        object? certificate = access.CurrentCertificate();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is not { } current || !ReferenceEquals(current.Trust, trust) || !ReferenceEquals(current.Certificate, certificate))
            {
                Retire(_current);
                _current = new Generation(new HttpMessageInvoker(create()), trust, certificate);
            }

            _current.Users++;
            return _current;
        }
    }

    private void Leave(Generation mine)
    {
        lock (_lock)
        {
            mine.Users--;
            if (mine is { Users: 0, IsRetired: true }) mine.Invoker.Dispose();
        }
    }

    /// <summary>Disposing the handler closes idle connections and lets bodies end; before the headers it would break a request.</summary>
    private static void Retire(Generation? old)
    {
        if (old is null || old.IsRetired) return;
        old.IsRetired = true;
        if (old.Users == 0) old.Invoker.Dispose();
    }

    private sealed class Generation(HttpMessageInvoker invoker, object? trust, object? certificate)
    {
        public HttpMessageInvoker Invoker { get; } = invoker;

        public object? Trust { get; } = trust;

        public object? Certificate { get; } = certificate;

        public int Users { get; set; }

        public bool IsRetired { get; set; }
    }
}
