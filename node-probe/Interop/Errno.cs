// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>Error numbers of Linux (asm-generic/errno.h; the same on x86-64 and arm64) and their names.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoProcess = 3;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int AccessDenied = 13;
    public const int NoDevice = 19;
    public const int InvalidArgument = 22;
    public const int ProtocolNotSupported = 93;
    public const int NotSupported = 95;
    public const int FamilyNotSupported = 97;
    public const int NoBuffers = 105;
    public const int ConnectionRefused = 111;

    /// <summary>The symbolic name (ENETUNREACH), or <c>errno N</c> for a number not listed here.</summary>
    public static string NameOf(int errno) => errno switch
    {
        1 => "EPERM",
        2 => "ENOENT",
        3 => "ESRCH",
        4 => "EINTR",
        5 => "EIO",
        6 => "ENXIO",
        7 => "E2BIG",
        9 => "EBADF",
        11 => "EAGAIN",
        12 => "ENOMEM",
        13 => "EACCES",
        14 => "EFAULT",
        16 => "EBUSY",
        17 => "EEXIST",
        19 => "ENODEV",
        20 => "ENOTDIR",
        22 => "EINVAL",
        23 => "ENFILE",
        24 => "EMFILE",
        28 => "ENOSPC",
        32 => "EPIPE",
        34 => "ERANGE",
        38 => "ENOSYS",
        53 => "EBADR",
        61 => "ENODATA",
        71 => "EPROTO",
        90 => "EMSGSIZE",
        92 => "ENOPROTOOPT",
        93 => "EPROTONOSUPPORT",
        95 => "EOPNOTSUPP",
        97 => "EAFNOSUPPORT",
        98 => "EADDRINUSE",
        99 => "EADDRNOTAVAIL",
        100 => "ENETDOWN",
        101 => "ENETUNREACH",
        104 => "ECONNRESET",
        105 => "ENOBUFS",
        110 => "ETIMEDOUT",
        111 => "ECONNREFUSED",
        112 => "EHOSTDOWN",
        113 => "EHOSTUNREACH",
        126 => "ENOKEY",
        _ => string.Create(CultureInfo.InvariantCulture, $"errno {errno}"),
    };
}
