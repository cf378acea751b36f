// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Interop;

/// <summary>Sockets of this process in a network namespace of the lab.</summary>
public static class NamespaceSocket
{
    /// <summary>
    /// Opens a listening TCP socket there and gives its descriptor, which the caller owns. A socket stays in the namespace in which it
    /// was made.
    /// </summary>
    /// <exception cref="LabException">The namespace is gone or may not be entered.</exception>
    public static Task<ulong> ListenAsync(NamespaceEntry where, IPEndPoint endpoint)
    {
        var done = new TaskCompletionSource<ulong>(TaskCreationOptions.RunContinuationsAsynchronously);
        // A thread of its own, which ends afterwards: setns(2) moves the thread, and a pool thread would carry that to other work.
        new Thread(() =>
        {
            try
            {
                done.SetResult(Listen(where, endpoint));
            }
            catch (Exception e) when (e is IOException or SocketException or LabException or UnauthorizedAccessException)
            {
                done.SetException(new LabException($"no listening socket {endpoint} in {where.Name}: {e.Message}", e));
            }
        })
        { IsBackground = true, Name = $"setns {where.Name}" }.Start();
        return done.Task;
    }

    private static ulong Listen(NamespaceEntry where, IPEndPoint endpoint)
    {
        using (var handle = File.OpenHandle($"/proc/{where.NetworkPid}/ns/net"))
        {
            if (Libc.SetNs(handle, Libc.CloneNewNet) != 0)
                throw new LabException($"setns failed with errno {Marshal.GetLastPInvokeError()}");
        }

        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endpoint);
        socket.Listen();
        var descriptor = (ulong)socket.SafeHandle.DangerousGetHandle();
        // Otherwise the collector would close the descriptor together with this object.
        socket.SafeHandle.SetHandleAsInvalid();
        return descriptor;
    }
}
