// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

/// <summary>
/// Records the dumps of a namespace that nasty-namespace.sh has filled and reads the recording back. With KUBEWGDIAG_UPDATE_FIXTURES=1 the
/// recordings become the fixtures.
/// </summary>
[Trait("Category", "Lab")]
public sealed class RecorderLabTests
{
    [SkippableFact]
    public void Record_NastyNamespace_ReadsBackAsItWasRead()
    {
        LabNamespace.SkipIfImpossible();
        using var lab = new LabNamespace();
        lab.Shell($"sh '{Fixtures.PathOf("nasty-namespace.sh")}'");
        foreach (var name in RecordedReaders.Names)
        {
            // Without this the kernel writes the hops of nexthop objects into the routes.
            lab.Shell($"echo {(name == "routes-by-nexthop-id" ? 0 : 1)} > /proc/sys/net/ipv4/nexthop_compat_mode");
            var recording = new NetlinkRecording();
            var live = lab.Run(() => ReadLive(name, recording));

            var text = recording.Format($"{name} of nasty-namespace.sh, kernel {KernelRelease.Read()}");
            using var replay = new NetlinkConnection(new ReplayTransport(NetlinkRecording.Parse(text)));
            RecordedReaders.Read(name, replay, TestDeadline.Far).ShouldBe(live);
            if (Fixtures.Update) File.WriteAllText(Fixtures.PathOf($"{name}.hex"), text);
        }
    }

    private static string ReadLive(string name, NetlinkRecording recording)
    {
        NetlinkSocket.TryOpen(RecordedReaders.ProtocolOf(name), out var socket).ShouldBe(0);
        using var connection = new NetlinkConnection(new RecordingTransport(socket!, recording));
        return RecordedReaders.Read(name, connection, TestDeadline.Far);
    }
}
