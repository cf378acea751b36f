// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>Reads test datagrams.</summary>
internal static class OuterTests
{
    /// <summary>True when most arrived, false when none of enough did; null when that was not tested or is unclear.</summary>
    public static bool? Pass(PeerView peer, OuterTestKind kind)
    {
        var tests = Outer.Tests(peer).Where(test => test.Kind == kind).ToList();
        var (sent, arrived) = (tests.Sum(test => (long)test.Sent), tests.Sum(test => (long)test.Arrived));
        if (sent < UdpDpiBlockRule.Enough) return null;
        return arrived == 0 ? false : arrived * 2 > sent ? true : null;
    }
}
