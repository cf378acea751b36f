// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>A private folder for a kubeconfig and the like. It names its process, so that the next one can clear away what a killed one left.</summary>
internal sealed class WorkFolder : IDisposable
{
    private const string Prefix = "kubewgdiag-lab-";

    // The embedded API server keeps the pods' service accounts in one of these, named the same way.
    private static readonly string[] Prefixes = [Prefix, "kubewgdiag-pods-"];

    private static readonly Lock Clearing = new();

    private WorkFolder(string path) => FullPath = path;

    public string FullPath { get; }

    public static WorkFolder Create()
    {
        RemoveAbandoned();
        return new WorkFolder(Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName);
    }

    public string File(string name) => Path.Combine(FullPath, name);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);

    // Several labs of one process start at once; of two processes that clear the same folder one comes late.
    private static void RemoveAbandoned()
    {
        lock (Clearing) Clear();
    }

    private static void Clear()
    {
        foreach (var (prefix, folder) in Prefixes.SelectMany(p => Directory.GetDirectories(Path.GetTempPath(), $"{p}*").Select(f => (p, f))))
        {
            var owner = Path.GetFileName(folder)[prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, CultureInfo.InvariantCulture, out var pid) && !IsRunning(pid))
                Remove(folder);
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else was faster.
        }
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
