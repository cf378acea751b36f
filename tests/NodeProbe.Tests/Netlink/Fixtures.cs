// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

/// <summary>Finds tests/fixtures/netlink in the source tree.</summary>
internal static class Fixtures
{
    public static string Folder { get; } = Find();

    /// <summary>True when the expected files shall be written anew from what the code says now.</summary>
    public static bool Update => Environment.GetEnvironmentVariable("KUBEWGDIAG_UPDATE_FIXTURES") == "1";

    public static string PathOf(string name) => Path.Combine(Folder, name);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KubeWgDiag.sln"))) return Path.Combine(folder.FullName, "tests", "fixtures", "netlink");
        }

        throw new DirectoryNotFoundException("the tests run outside of the source tree");
    }
}
