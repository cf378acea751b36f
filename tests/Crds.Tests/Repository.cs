// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Crds.Tests;

/// <summary>Finds committed files from wherever the tests run.</summary>
internal static class Repository
{
    public static string Path(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "KubeWgDiag.sln")))
                return System.IO.Path.Combine([folder.FullName, .. parts]);
        }

        throw new DirectoryNotFoundException("no KubeWgDiag.sln above " + AppContext.BaseDirectory);
    }
}
