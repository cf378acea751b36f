// SPDX-License-Identifier: Apache-2.0

using Microsoft.Win32.SafeHandles;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>
/// A file descriptor that is closed once. Calls that make one return a C int and are wrapped by hand: the marshaller of safe handles
/// reads a whole register, whose upper half is undefined for an int, and would take -1 for a good descriptor.
/// </summary>
internal sealed class SafeDescriptor : SafeHandleMinusOneIsInvalid
{
    public SafeDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => Libc.Close(handle) == 0;
}
