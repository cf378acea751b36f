// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

/// <summary>Finds tests/fixtures/netlink in the source tree.</summary>
internal static class Fixtures
{
    public static string Folder { get; } = Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "netlink");

    /// <summary>True when the expected files shall be written anew from what the code says now.</summary>
    public static bool Update => Environment.GetEnvironmentVariable("KUBEWGDIAG_UPDATE_FIXTURES") == "1";

    public static string PathOf(string name) => Path.Combine(Folder, name);
}
