// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>The control plane's view of a test's mesh: it publishes what the devices are, until a test bends it.</summary>
internal sealed class TestCluster(TestMesh mesh)
{
    public List<ClusterNode> Nodes { get; } = [];

    /// <summary>Flannel on every node, with the devices of the layout renamed to its name.</summary>
    public static TestCluster Flannel(TestMesh mesh, Setup setup)
    {
        var cluster = new TestCluster(mesh);
        for (var i = 0; i < mesh.Nodes.Count; i++)
        {
            var device = mesh.Device(i);
            mesh[i].ChangeLink(device.Link, link => link with { Name = "flannel-wg" });
            device.Name = "flannel-wg";
            cluster.Nodes.Add(new ClusterNode
            {
                Name = mesh[i].Name,
                Ready = true,
                Addresses = [IpAddr.Parse(setup.V4 ? $"192.0.2.{10 + i}" : $"2001:db8::{10 + i:x}")],
                PodCidrs = [.. setup.V4 ? [IpPrefix.Parse($"10.244.{i}.0/24")] : Array.Empty<IpPrefix>(), .. setup.V6 ? [IpPrefix.Parse($"fd00:244:0:{i:x}::/64")] : Array.Empty<IpPrefix>()],
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [KnownAnnotations.FlannelBackendType] = "wireguard",
                    [KnownAnnotations.FlannelBackendData] = Data(device.Key, device.Port),
                    [setup.V4 ? KnownAnnotations.FlannelPublicIp : KnownAnnotations.FlannelPublicIpV6] = setup.V4 ? $"192.0.2.{10 + i}" : $"2001:db8::{10 + i:x}",
                },
            });
        }

        return cluster;
    }

    /// <summary>Calico on every node of its layout.</summary>
    public static TestCluster Calico(TestMesh mesh)
    {
        var cluster = new TestCluster(mesh);
        for (var i = 0; i < mesh.Nodes.Count; i++)
        {
            cluster.Nodes.Add(new ClusterNode
            {
                Name = mesh[i].Name,
                Ready = true,
                Addresses = [IpAddr.Parse($"192.0.2.{10 + i}")],
                // Calico does not use them.
                PodCidrs = [IpPrefix.Parse($"172.20.{i}.0/24")],
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [KnownAnnotations.CalicoKey] = mesh.Device(i).Key,
                    [KnownAnnotations.CalicoAddress] = $"192.0.2.{10 + i}/24",
                    [KnownAnnotations.CalicoTunnelAddress] = $"10.100.{i}.200",
                },
            });
        }

        return cluster;
    }

    public static string Data(string key, int port) => $$"""{"PublicKey":"{{key}}","Port":{{port}}}""";

    /// <summary>Writes an annotation; null takes it away.</summary>
    public TestCluster Annotate(int node, string key, string? value)
    {
        var all = new Dictionary<string, string>(Nodes[node].Annotations, StringComparer.Ordinal);
        if (value is null) all.Remove(key);
        else all[key] = value;
        Nodes[node] = Nodes[node] with { Annotations = all };
        return this;
    }

    public DiagnosisReport Diagnose(params int[] only)
    {
        var nodes = only.Length == 0 ? mesh.Nodes : [.. only.Select(index => mesh[index])];
        return DiagnosisEngine.Diagnose(new DiagnosisInput([.. nodes.Select(node => node.ToFacts())], new Thresholds())
        {
            Cluster = new ClusterFacts(TestNode.Now, Nodes),
        });
    }
}
