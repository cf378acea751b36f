// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.Namespaces;

/// <summary>Cgroup paths as kubelets and runtimes make them.</summary>
public sealed class CgroupOwnerTests
{
    private const string Uid = "0a1b2c3d-1111-2222-3333-444455556666";
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Outer = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    [Theory]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a1b2c3d_1111_2222_3333_444455556666.slice/cri-containerd-" + Id + ".scope", Uid, Id)]
    [InlineData("0::/kubepods.slice/kubepods-pod0a1b2c3d_1111_2222_3333_444455556666.slice/crio-" + Id + ".scope", Uid, Id)]
    [InlineData("0::/kubepods.slice/kubepods-pod0a1b2c3d_1111_2222_3333_444455556666.slice/crio-conmon-" + Id + ".scope", Uid, Id)]
    [InlineData("0::/kubepods/besteffort/pod" + Uid + "/" + Id, Uid, Id)]
    [InlineData("12:memory:/kubepods/besteffort/pod" + Uid + "/" + Id + "\n1:name=systemd:/other\n", Uid, Id)]
    [InlineData("3:cpu,cpuacct:/\n2:pids:/kubepods/pod" + Uid + "/" + Id, Uid, Id)] // an early controller may be at the root
    [InlineData("0::/../../kubepods-besteffort-pod0a1b2c3d_1111_2222_3333_444455556666.slice/cri-containerd-" + Id + ".scope", Uid, Id)] // private cgroup namespace
    [InlineData("0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod0a1b2c3d_1111_2222_3333_444455556666.slice/cri-containerd-" + Id + ".scope", Uid, Id)]
    [InlineData("0::/docker/" + Outer + "/kubelet/kubepods/pod" + Uid + "/" + Id, Uid, Id)] // a node that is a container
    [InlineData("0::/kubepods/burstable/podfedcba9876543210fedcba9876543210/" + Id, "fedcba9876543210fedcba9876543210", Id)] // static pod
    [InlineData("11:devices:/system.slice/containerd.service/kubepods-burstable-pod0a1b2c3d_1111_2222_3333_444455556666.slice:cri-containerd:" + Id, null, Id)]
    [InlineData("0::/system.slice/docker-" + Id + ".scope", null, Id)]
    [InlineData("0::/docker/" + Id, null, Id)]
    [InlineData("0::/machine.slice/libpod-" + Id + ".scope/container", null, Id)]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice", null, null)]
    [InlineData("0::/user.slice/user-0.slice/tripod0a1b2c3d-1111-2222-3333-444455556666", null, null)]
    [InlineData("0::/podpodpod0a1b2c3d-1111-2222-3333-44445555666g", null, null)]
    [InlineData("0::/", null, null)]
    [InlineData("", null, null)]
    [InlineData("::::\n//\n:", null, null)]
    public void Parse_Path_NamesPodAndContainer(string text, string? pod, string? container) =>
        CgroupOwner.Parse(text).ShouldBe((pod, container));
}
