// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

internal static class TestDeadline
{
    public static Deadline Far => new(TimeProvider.System, TimeSpan.FromMinutes(1), CancellationToken.None);
}
