// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Tests.Interop;

public sealed unsafe class NativeLayoutTests
{
    [Fact]
    public void NativeStructs_OnSixtyFourBitLinux_HaveTheKernelsSizes()
    {
        sizeof(SockAddrNl).ShouldBe(12);
        sizeof(IoVec).ShouldBe(16);
        sizeof(MsgHdr).ShouldBe(56);
        sizeof(PollFd).ShouldBe(8);
        sizeof(StatxBuffer).ShouldBe(256);
    }

    [Theory]
    [InlineData(nameof(MsgHdr.Name), 0)]
    [InlineData(nameof(MsgHdr.NameLength), 8)]
    [InlineData(nameof(MsgHdr.Vectors), 16)]
    [InlineData(nameof(MsgHdr.VectorCount), 24)]
    [InlineData(nameof(MsgHdr.Control), 32)]
    [InlineData(nameof(MsgHdr.ControlLength), 40)]
    [InlineData(nameof(MsgHdr.Flags), 48)]
    public void MsgHdr_Field_StandsWhereTheKernelLooks(string field, int offset) =>
        Marshal.OffsetOf<MsgHdr>(field).ToInt32().ShouldBe(offset);

    [Fact]
    public void KernelRelease_Read_IsWhatProcSays() =>
        KernelRelease.Read().ShouldBe(File.ReadAllText("/proc/sys/kernel/osrelease").TrimEnd());

    [Fact]
    public void FileStatus_OfOwnNamespace_HasTheIdThatReadlinkShows()
    {
        FileStatus.TryRead("/proc/self/ns/net", out var status).ShouldBe(0);
        status.NamespaceId.ShouldBe(new FileInfo("/proc/self/ns/net").LinkTarget);
        status.IsSocket.ShouldBeFalse();
    }

    [Fact]
    public void FileStatus_OfMissingFile_IsErrnoNoEntry() =>
        FileStatus.TryRead("/proc/self/does-not-exist", out _).ShouldBe(Errno.NoEntry);

    [Fact]
    public void NetworkNamespace_OpenOfMissingPath_IsErrnoNoEntry()
    {
        NetworkNamespace.TryOpen("/proc/self/ns/none", out var opened).ShouldBe(Errno.NoEntry);
        opened.ShouldBeNull();
    }

    [Theory]
    [InlineData(101, "ENETUNREACH")]
    [InlineData(1, "EPERM")]
    [InlineData(4711, "errno 4711")]
    public void Errno_NameOf_IsTheSymbol(int errno, string name) => Errno.NameOf(errno).ShouldBe(name);
}
