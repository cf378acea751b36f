// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>Asks one UAPI socket for its device.</summary>
internal sealed class UapiClient(TimeProvider time, UapiLimits limits)
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>SOL_SOCKET and SO_PEERCRED (asm-generic/socket.h): struct ucred, whose first word is the process.</summary>
    private const int LevelSocket = 1;

    private const int PeerCredentials = 17;
    private const int CredentialsBytes = 12;

    /// <summary>Connects, asks and reads the answer; whatever is wrong with the server is part of the result.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up, not the server.</exception>
    public async Task<UapiAnswer> ReadAsync(string name, string path, CancellationToken token)
    {
        using var limit = new CancellationTokenSource(limits.Total, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, token);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var answer = await AskAsync(name, path, socket, either.Token, token);
        return answer with { ListenerPid = ListenerOf(socket) };
    }

    private async Task<UapiAnswer> AskAsync(string name, string path, Socket socket, CancellationToken either, CancellationToken token)
    {
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), either);
            await SendAllAsync(socket, "get=1\n\n"u8.ToArray(), either);
            return await ReadAnswerAsync(name, socket, either);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return UapiAnswer.Of(name, UapiSocketProblem.Hung, $"no whole answer within {limits.Total.TotalSeconds:0.###} s");
        }
        catch (SocketException failure)
        {
            return Describe(name, failure.SocketErrorCode);
        }
    }

    /// <summary>The kernel says 0 for a socket that is not connected, and for a process that the probe's process namespace does not have.</summary>
    private static int ListenerOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialsBytes];
        try
        {
            return socket.GetRawSocketOption(LevelSocket, PeerCredentials, credentials) >= sizeof(int) ? MemoryMarshal.Read<int>(credentials) : 0;
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // A cancelled connection is closed by the library.
            return 0;
        }
    }

    private static UapiAnswer Describe(string name, SocketError error) => error switch
    {
        SocketError.ConnectionRefused => UapiAnswer.Of(name, UapiSocketProblem.Stale, "connection refused: no process serves this socket"),
        SocketError.AccessDenied => UapiAnswer.Of(name, UapiSocketProblem.NotPermitted, "connecting is not permitted"),
        // A Unix socket whose queue of waiting connections is full says so at once.
        SocketError.WouldBlock => UapiAnswer.Of(name, UapiSocketProblem.Hung, "the server does not accept connections"),
        SocketError.ConnectionReset => UapiAnswer.Of(name, UapiSocketProblem.Malformed, "the connection was cut within the answer"),
        _ => UapiAnswer.Of(name, UapiSocketProblem.Failed, $"the socket failed: {error}"),
    };

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> data, CancellationToken token)
    {
        while (!data.IsEmpty) data = data[await socket.SendAsync(data, SocketFlags.None, token)..];
    }

    private async Task<UapiAnswer> ReadAnswerAsync(string name, Socket socket, CancellationToken token)
    {
        // Pinned and never pooled: a private key passes through.
        var buffer = GC.AllocateArray<byte>(BufferBytes, pinned: true);
        var parser = new UapiAnswerParser(name);
        try
        {
            var filled = 0;
            long total = 0;
            while (true)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, token);
                if (count == 0) return UapiAnswer.Of(name, UapiSocketProblem.Malformed, "the answer ended before its end mark");
                filled += count;
                total += count;
                if (total > limits.AnswerBytes) return UapiAnswer.Of(name, UapiSocketProblem.Malformed, $"the answer is longer than {limits.AnswerBytes} bytes");
                switch (FeedLines(parser, buffer, ref filled))
                {
                    case UapiLineResult.Complete: return Finish(name, parser);
                    case UapiLineResult.Malformed: return UapiAnswer.Of(name, UapiSocketProblem.Malformed, "a line of the answer breaks the protocol");
                }

                if (filled > limits.LineBytes) return UapiAnswer.Of(name, UapiSocketProblem.Malformed, $"a line is longer than {limits.LineBytes} bytes");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static UapiAnswer Finish(string name, UapiAnswerParser parser) => parser.Errno == 0
        ? new UapiAnswer(parser.Device, null, parser.Unknown)
        : UapiAnswer.Of(name, UapiSocketProblem.Failed, $"it answered with {Interop.Errno.NameOf(parser.Errno)}");

    /// <summary>Feeds the whole lines and moves what is left to the front, clearing what it leaves behind.</summary>
    private static UapiLineResult FeedLines(UapiAnswerParser parser, Span<byte> buffer, ref int filled)
    {
        var start = 0;
        var result = UapiLineResult.Continue;
        while (result == UapiLineResult.Continue)
        {
            var end = buffer[start..filled].IndexOf((byte)'\n');
            if (end < 0) break;
            result = parser.Feed(buffer.Slice(start, end));
            start += end + 1;
        }

        var rest = filled - start;
        buffer.Slice(start, rest).CopyTo(buffer);
        CryptographicOperations.ZeroMemory(buffer[rest..filled]);
        filled = rest;
        return result;
    }
}
