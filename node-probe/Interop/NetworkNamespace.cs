// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>An open network namespace. As long as it is open the namespace lives, also when its last process has ended.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private readonly SafeDescriptor _descriptor;

    private NetworkNamespace(SafeDescriptor descriptor, FileStatus status) => (_descriptor, Status) = (descriptor, status);

    /// <summary><c>net:[inode]</c>.</summary>
    public string Id => Status.NamespaceId;

    /// <summary>What was opened.</summary>
    public FileStatus Status { get; }

    /// <summary>Opens the namespace that a path stands for; returns the errno, 0 when it worked.</summary>
    public static int TryOpen(string path, out NetworkNamespace? opened)
    {
        opened = null;
        var number = Libc.Open(path, Libc.OpenReadOnly);
        if (number < 0) return Marshal.GetLastPInvokeError();
        var descriptor = new SafeDescriptor(number);
        var errno = FileStatus.TryRead(descriptor, out var status);
        if (errno != 0)
        {
            descriptor.Dispose();
            return errno;
        }

        opened = new NetworkNamespace(descriptor, status);
        return 0;
    }

    /// <summary>
    /// Moves the calling thread into the namespace; returns the errno, 0 when it worked.
    /// The thread must end afterwards: a pool thread would carry the namespace to other work.
    /// </summary>
    public int EnterWithThisThread() =>
        Libc.SetNamespace(_descriptor, Libc.CloneNewNetwork) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
