// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>Memory that is given back at once when it is disposed. Its contents are not cleared.</summary>
internal sealed unsafe class UnmanagedBuffer(int length) : IDisposable
{
    private byte* _memory = (byte*)NativeMemory.Alloc((nuint)length);

    /// <summary>The memory; empty after <see cref="Dispose"/>.</summary>
    public Span<byte> Span => _memory is null ? default : new Span<byte>(_memory, length);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
