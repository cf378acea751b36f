// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.NodeProbe.Tests.Namespaces;

/// <summary>A made-up /proc whose namespaces are links to real ones.</summary>
internal sealed class FakeProc : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("proc");

    public FakeProc() => Link("thread-self", "/proc/self/ns/net");

    public string Root => _root.FullName;

    /// <summary>Folder with files bound to namespaces.</summary>
    public string Bound => Directory.CreateDirectory(Path.Combine(Root, "netns")).FullName;

    public void AddProcess(int pid, string target, string command, string cgroup)
    {
        var name = pid.ToString(CultureInfo.InvariantCulture);
        Link(name, target);
        File.WriteAllText(Path.Combine(Root, name, "comm"), command + "\n");
        File.WriteAllText(Path.Combine(Root, name, "cgroup"), cgroup + "\n");
    }

    public void Bind(string name, string target) => File.CreateSymbolicLink(Path.Combine(Bound, name), target);

    public void Dispose() => _root.Delete(recursive: true);

    private void Link(string process, string target)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, process, "ns"));
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "net"), target);
    }
}
