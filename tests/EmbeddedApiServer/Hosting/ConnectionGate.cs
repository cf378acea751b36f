// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>
/// Knows every open connection, so that the server can go away: all are reset and new ones too, or all are left without an answer. The
/// listening sockets stay, because some of them live in other network namespaces and could not be made again from here.
/// </summary>
internal sealed class ConnectionGate
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> _open = new();
    private volatile bool _isClosed;
    private volatile TaskCompletionSource? _hang;

    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        _open[connection] = true;
        try
        {
            // A connection that began while the server hung is of no use to its peer when it is over.
            if (_isClosed || await HoldsUpAsync(connection.ConnectionClosed))
                connection.Abort();
            else
                await next(connection);
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    }

    public void Close()
    {
        _isClosed = true;
        _hang?.TrySetResult();
        _hang = null;
        foreach (ConnectionContext connection in _open.Keys)
            connection.Abort();
    }

    public void Hang() => _hang ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        _isClosed = false;
        _hang?.TrySetResult();
        _hang = null;
    }

    /// <summary>While the server hangs: waits until it no longer does or the peer has gone, and answers true. False at once otherwise.</summary>
    public async Task<bool> HoldsUpAsync(CancellationToken peerGone)
    {
        if (_hang is not { } hang)
            return false;
        await Task.WhenAny(hang.Task, Task.Delay(Timeout.Infinite, peerGone));
        return true;
    }
}
