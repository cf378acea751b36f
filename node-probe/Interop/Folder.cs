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

    /// <summary>Reads where a link of this folder leads to; returns the errno. What is longer than the buffer is cut.</summary>
    public unsafe int ReadLink(ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        nint read;
        fixed (byte* start = Checked(name))
        fixed (byte* target = buffer)
        {
            read = FileCalls.ReadLinkAt(_descriptor, start, target, (nuint)buffer.Length);
        }

        length = (int)Math.Max(read, 0);
        return read < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Takes hold of a file of this folder without opening it: nothing waits, and no device or FIFO notices. Returns the errno.</summary>
    /// <param name="name">UTF-8 with a zero byte at its end.</param>
    /// <param name="follow">Follows a link; without it the link itself is held.</param>
    /// <param name="held">The file.</param>
    public unsafe int TryHold(ReadOnlySpan<byte> name, bool follow, out SafeDescriptor? held)
    {
        held = null;
        int number;
        fixed (byte* start = Checked(name))
        {
            number = FileCalls.OpenAt(_descriptor, start, FileCalls.OpenPath | (follow ? 0 : FileCalls.OpenNoFollow));
        }

        if (number < 0) return Marshal.GetLastPInvokeError();
        held = new SafeDescriptor(number);
        return 0;
    }

    /// <summary>
    /// True when the folder is on a file system of which it is known that a look at it waits for no other program and no other machine
    /// (magic numbers of linux/magic.h): a FUSE of a container may hang whoever looks, for as long as it likes.
    /// </summary>
    public unsafe bool IsLocal()
    {
        // struct statfs has 120 bytes on 64-bit machines and begins with f_type.
        var buffer = stackalloc byte[256];
        return FileCalls.StatFileSystem(_descriptor, buffer) == 0
            && (uint)*(long*)buffer is 0x01021994 or 0x858458F6 or 0xEF53 or 0x58465342 or 0x9123683E or 0x794C7630 or 0xF2F52010 or 0x2FC12FC1;
    }

    /// <summary>
    /// Opens a file anywhere below this folder as if the folder were the root of the file system: a link of a host's tree, looked at from
    /// inside a container, leads to where it leads on the host. Never a folder outside. Returns the errno.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <param name="opened">The file.</param>
    /// <param name="strict">Fails with ENOSYS where the kernel cannot do it: for a tree whose owner may mean harm.</param>
    public unsafe int TryOpenInside(string path, out SafeDescriptor? opened, bool strict = false)
    {
        opened = null;
        var how = new FileCalls.OpenHow { Flags = (uint)Libc.OpenReadOnly, Resolve = FileCalls.ResolveInRoot };
        nint number;
        fixed (byte* start = ZeroEnded(path))
        {
            number = FileCalls.OpenAt2(FileCalls.SystemCallOpenAt2, _descriptor, start, &how, sizeof(FileCalls.OpenHow));
        }

        var errno = (int)number < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (errno == Errno.NotImplemented && !strict)
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
    public int TryOpenFolderInside(string path, out Folder? opened, bool strict = false)
    {
        opened = null;
        // The trailing dot makes the kernel insist on a folder.
        var errno = TryOpenInside(path.TrimEnd('/') + "/.", out var descriptor, strict);
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

    /// <summary>Type and identity of the folder itself; returns the errno.</summary>
    public int TryGetStatus(out FileStatus status) => FileStatus.TryRead(_descriptor, out status);

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
