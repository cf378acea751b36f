// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Crds.Tests;

/// <summary>Finds committed files from wherever the tests run.</summary>
internal static class Repository
{
    public static string Path(params string[] parts) => System.IO.Path.Combine([RepositoryRoot.Path, .. parts]);
}
