// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using System.Text;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard;

/// <summary>
/// A UAPI server for tests: waits for the question and sends the answer piece by piece.
/// It does not simulate configuration (<c>set=1</c>) nor several questions on one connection.
/// </summary>
internal sealed class UapiServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    /// <param name="path">Where the socket file is made.</param>
    /// <param name="pieces">What is sent, one write each.</param>
    /// <param name="close">Closes the connection after the last piece; else it stays open and silent.</param>
    public UapiServer(string path, IReadOnlyList<string> pieces, bool close)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(8);
        _serving = ServeAsync(pieces, close);
    }

    /// <summary>Ends when the whole question has come.</summary>
    public Task Asked => _asked.Task;

    /// <summary>The question as it came.</summary>
    public string Question { get; private set; } = string.Empty;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync(IReadOnlyList<string> pieces, bool close)
    {
        try
        {
            using var connection = await _listener.AcceptAsync(_stop.Token);
            var question = new byte[64];
            while (!Question.EndsWith("\n\n", StringComparison.Ordinal))
                Question += Encoding.ASCII.GetString(question, 0, await connection.ReceiveAsync(question, _stop.Token));
            _asked.SetResult();
            foreach (var piece in pieces)
            {
                await connection.SendAsync(Encoding.ASCII.GetBytes(piece), _stop.Token);
                await Task.Yield();
            }

            if (close) connection.Shutdown(SocketShutdown.Both);
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over, or the client has gone.
        }
    }
}
