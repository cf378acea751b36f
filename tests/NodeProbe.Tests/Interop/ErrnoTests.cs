// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Tests.Interop;

public sealed class ErrnoTests
{
    // What the kernel answers to a route lookup; rules and walks tell causes apart by these names.
    [Theory]
    [InlineData(11, "EAGAIN")]
    [InlineData(13, "EACCES")]
    [InlineData(18, "EXDEV")]
    [InlineData(22, "EINVAL")]
    [InlineData(40, "ELOOP")]
    [InlineData(95, "EOPNOTSUPP")]
    [InlineData(101, "ENETUNREACH")]
    [InlineData(113, "EHOSTUNREACH")]
    [InlineData(58, "errno 58")]
    [InlineData(-1, "errno -1")]
    [InlineData(4096, "errno 4096")]
    public void NameOf_Number_IsTheHeadersName(int errno, string name) => Errno.NameOf(errno).ShouldBe(name);

    [Fact]
    public void NameOf_EveryNumberOfTheHeader_HasANameOfItsOwn()
    {
        int[] unused = [41, 58];
        var names = Enumerable.Range(1, 133).Except(unused).Select(Errno.NameOf).ToList();
        names.ShouldAllBe(name => name.StartsWith('E') && name.All(char.IsAsciiLetterOrDigit));
        names.Distinct().Count().ShouldBe(names.Count);
    }
}
