// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>Gives the kernel log one record at a time.</summary>
internal interface IKernelLogSource : IDisposable
{
    /// <summary>Reads the next record; returns the errno: EAGAIN at the end, EPIPE when records were overwritten meanwhile.</summary>
    int Read(Span<byte> buffer, out int length);
}

/// <summary>/dev/kmsg, from its oldest record on, without waiting for new ones.</summary>
internal sealed class KernelLogDevice : IKernelLogSource
{
    private readonly SafeDescriptor _descriptor;

    private KernelLogDevice(SafeDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>Opens it; returns the errno, 0 when it worked.</summary>
    public static int TryOpen(string path, out KernelLogDevice? opened)
    {
        opened = null;
        var number = Libc.Open(path, Libc.OpenReadOnly);
        if (number < 0) return Marshal.GetLastPInvokeError();
        opened = new KernelLogDevice(new SafeDescriptor(number));
        return 0;
    }

    public unsafe int Read(Span<byte> buffer, out int length)
    {
        length = 0;
        fixed (byte* start = buffer)
        {
            var read = FileCalls.Read(_descriptor, start, (nuint)buffer.Length);
            if (read < 0) return Marshal.GetLastPInvokeError();
            length = (int)read;
            return 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
