// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Tests.Shared;

/// <summary>Where the repository is, for tests that read committed files. Compiled into every test project.</summary>
internal static class RepositoryRoot
{
    /// <summary>The folder that holds KubeWgDiag.sln.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "KubeWgDiag.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("no KubeWgDiag.sln above the test's folder");
    }
}
