// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>Looks at the host's /dev/net/tun without opening it.</summary>
internal static class TunDeviceReader
{
    public static Reading<TunDeviceFact> Read(HostPaths paths)
    {
        var root = HostRoot.Of(paths);
        // A root that cannot be looked into would say "not there" of everything.
        if (FileStatus.TryRead(Path.Combine(root, "dev"), out _) is var refused and not 0) return HostFile.Unreadable<TunDeviceFact>(Path.Combine(root, "dev"), refused);
        var path = Path.Combine(root, "dev/net/tun");
        return FileStatus.TryRead(path, out var status) switch
        {
            0 => Reading<TunDeviceFact>.Of(new TunDeviceFact(path, Present: true, status.IsTun)),
            Errno.NoEntry => Reading<TunDeviceFact>.Of(new TunDeviceFact(path, Present: false, IsTun: false)),
            var errno => HostFile.Unreadable<TunDeviceFact>(path, errno),
        };
    }
}
