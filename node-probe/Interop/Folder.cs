// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>
/// An open folder. What lies in it is opened relative to it: no path is walked from the root for each of thousands of files, and an
/// absent file is an errno and not an exception.
/// </summary>
internal sealed class Folder : IDisposable
{
    private const int ListBuffer = 32 * 1024;

    /// <summary>Bytes of struct linux_dirent64 before its name.</summary>
    private const int EntryHeader = 19;

    private readonly SafeDescriptor _descriptor;

    private Folder(SafeDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>Opens a folder by its path; returns the errno, 0 when it worked.</summary>
    public static int TryOpen(string path, out Folder? opened) =>
        Own(Libc.Open(path, Libc.OpenReadOnly | FileCalls.OpenDirectory), out opened);

    /// <summary>Opens a folder in this one. <paramref name="name"/> is UTF-8 and ends with a zero byte.</summary>
    public unsafe int TryOpen(ReadOnlySpan<byte> name, out Folder? opened)
    {
        fixed (byte* start = Checked(name))
        {
            return Own(FileCalls.OpenAt(_descriptor, start, Libc.OpenReadOnly | FileCalls.OpenDirectory), out opened);
        }
    }

    /// <summary>Opens a folder in this one by its name.</summary>
    public int TryOpenNamed(string name, out Folder? opened) => TryOpen(ZeroEnded(name), out opened);

    /// <summary>Reads one file of this folder by a single read, as the small files of /proc/sys want it. Returns the errno.</summary>
    public unsafe int ReadOnce(ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        length = 0;
        int descriptor;
        fixed (byte* start = Checked(name))
        {
            descriptor = FileCalls.OpenAt(_descriptor, start, Libc.OpenReadOnly);
        }

        if (descriptor < 0) return Marshal.GetLastPInvokeError();
        nint read;
        var errno = 0;
        fixed (byte* target = buffer)
        {
            read = FileCalls.Read(descriptor, target, (nuint)buffer.Length);
        }

        if (read < 0) errno = Marshal.GetLastPInvokeError();
        _ = Libc.Close(descriptor);
        length = (int)Math.Max(read, 0);
        return errno;
    }

    /// <summary>
    /// Opens a file anywhere below this folder as if the folder were the root of the file system: a link of a host's tree, looked at from
    /// inside a container, leads to where it leads on the host. Never a folder outside. Returns the errno.
    /// </summary>
    public unsafe int TryOpenInside(string path, out SafeDescriptor? opened)
    {
        opened = null;
        var how = new FileCalls.OpenHow { Flags = (uint)Libc.OpenReadOnly, Resolve = FileCalls.ResolveInRoot };
        nint number;
        fixed (byte* start = ZeroEnded(path))
        {
            number = FileCalls.OpenAt2(FileCalls.SystemCallOpenAt2, _descriptor, start, &how, sizeof(FileCalls.OpenHow));
        }

        var errno = (int)number < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (errno == Errno.NotImplemented)
        {
            // Kernels before 5.6, and filters of system calls as old: there absolute links lead into the probe's own root.
            fixed (byte* start = ZeroEnded(path.TrimStart('/')))
            {
                number = FileCalls.OpenAt(_descriptor, start, Libc.OpenReadOnly);
                errno = (int)number < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
        }

        if (errno == 0) opened = new SafeDescriptor((int)number);
        return errno;
    }

    /// <summary>Opens a folder anywhere below this one, as <see cref="TryOpenInside"/> does. Returns the errno.</summary>
    public int TryOpenFolderInside(string path, out Folder? opened)
    {
        opened = null;
        // The trailing dot makes the kernel insist on a folder.
        var errno = TryOpenInside(path.TrimEnd('/') + "/.", out var descriptor);
        if (descriptor is not null) opened = new Folder(descriptor);
        return errno;
    }

    /// <summary>Names in this folder, without the two dots, in the kernel's order; at most <paramref name="most"/>. Returns the errno.</summary>
    public unsafe int List(int most, out List<FolderEntry> entries)
    {
        entries = [];
        var buffer = new byte[ListBuffer];
        while (true)
        {
            nint read;
            fixed (byte* start = buffer)
            {
                read = FileCalls.GetDirectoryEntries(_descriptor, start, ListBuffer);
            }

            if (read < 0) return Marshal.GetLastPInvokeError();
            if (read == 0) return 0;
            var rest = buffer.AsSpan(0, (int)read);
            while (rest.Length > EntryHeader)
            {
                var size = BinaryPrimitives.ReadUInt16LittleEndian(rest[16..]);
                if (size <= EntryHeader || size > rest.Length) return 0;
                var name = rest[EntryHeader..size];
                var end = name.IndexOf((byte)0);
                if (end >= 0) name = name[..end];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    if (entries.Count >= most) return 0;
                    entries.Add(new FolderEntry(Encoding.UTF8.GetString(name), rest[18]));
                }

                rest = rest[size..];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    /// <summary>A name as the calls above want it.</summary>
    public static byte[] ZeroEnded(string name)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, bytes);
        return bytes;
    }

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> name) =>
        name.Length > 0 && name[^1] == 0 ? name : throw new ArgumentException("a name must end with a zero byte", nameof(name));

    private static int Own(int number, out Folder? opened)
    {
        opened = null;
        if (number < 0) return Marshal.GetLastPInvokeError();
        opened = new Folder(new SafeDescriptor(number));
        return 0;
    }
}

/// <summary>A name in a folder.</summary>
/// <param name="Name">The name; bytes that are no UTF-8 are replaced, and such a file is then not found.</param>
/// <param name="Type">DT_*: 4 a folder, 8 a file, 10 a link, 0 not said.</param>
internal readonly record struct FolderEntry(string Name, byte Type)
{
    /// <summary>DT_DIR.</summary>
    public bool IsFolder => Type == 4;
}
