// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>
/// Knows every open connection, so that the server can go away: all are reset, and new ones are reset as soon as they are accepted. The
/// listening sockets stay, because some of them live in other network namespaces and could not be made again from here.
/// </summary>
internal sealed class ConnectionGate
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> _open = new();
    private volatile bool _isClosed;

    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        _open[connection] = true;
        try
        {
            if (_isClosed)
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
        foreach (ConnectionContext connection in _open.Keys)
            connection.Abort();
    }

    public void Open() => _isClosed = false;
}
