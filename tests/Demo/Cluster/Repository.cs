// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>Where things stand in the source tree, found from the program's own place.</summary>
public static class Repository
{
    private const string Marker = "KubeWgDiag.sln";

    /// <summary>The top folder.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string Probe => Path.Combine(Root, "artifacts", "publish", "probe", "kubewgdiag-probe");

    public static string Operator => Path.Combine(Root, "artifacts", "publish", "operator", "kubewgdiag-operator");

    public static string Crds => Path.Combine(Root, "crds");

    public static string Example => Path.Combine(Root, "docs", "examples", "tunneldiagnosis.yaml");

    public static string RecordedFacts => Path.Combine(Root, "docs", "examples", "facts");

    /// <summary>A cluster of the published programs.</summary>
    public static ClusterOptions Cluster(LabOptions lab) =>
        new() { Lab = lab, ProbePath = Probe, OperatorPath = Operator, CrdDirectory = Crds };

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Marker)))
            folder = folder.Parent;
        return folder?.FullName ?? Environment.CurrentDirectory;
    }
}
