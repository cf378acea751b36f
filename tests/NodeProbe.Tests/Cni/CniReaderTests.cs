// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Facts.Cni;
using KubeWgDiag.NodeProbe.Cni;
using KubeWgDiag.NodeProbe.Host;
using KubeWgDiag.NodeProbe.Tests.Interop;

namespace KubeWgDiag.NodeProbe.Tests.Cni;

public sealed class CniReaderTests : IDisposable
{
    private const string Bridge = """{"cniVersion":"1.0.0","name":"pods","type":"bridge","bridge":"cni0","mtu":1420,"ipMasq":true,"isGateway":true,"hairpinMode":false,"ipam":{"type":"host-local","ranges":[[{"subnet":"10.1.0.0/24"}],[{"subnet":"fd00:1::/64"}]]}}""";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("cni");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Read_SeveralFiles_TheFirstUsableOneCounts()
    {
        Write("etc/cni/net.d/00-broken.conflist", """{"name":"x","plugins":[]}""");
        Write("etc/cni/net.d/05-cilium.conflist.cilium_bak", "{}");
        Write("etc/cni/net.d/10-bridge.conf", Bridge);
        Write("etc/cni/net.d/20-calico.conflist", """{"name":"k8s-pod-network","plugins":[{"type":"calico","ipam":{"type":"calico-ipam"}}]}""");
        Write("etc/cni/net.d/README", "no");

        var folder = Read().Folders.ShouldHaveSingleItem();

        folder.Path.ShouldBe("/etc/cni/net.d");
        folder.Files.ShouldBe(
        [
            new CniFileFact("00-broken.conflist", CniFileState.Unusable, "no plugins"),
            new CniFileFact("05-cilium.conflist.cilium_bak", CniFileState.SetAside),
            new CniFileFact("10-bridge.conf", CniFileState.Effective, "pods"),
            new CniFileFact("20-calico.conflist", CniFileState.Shadowed, "k8s-pod-network"),
        ]);
        var plugin = folder.Network.ShouldNotBeNull().Plugins.ShouldHaveSingleItem();
        (plugin.Type, plugin.Bridge, plugin.Mtu, plugin.IpMasq, plugin.HairpinMode, plugin.IsGateway, plugin.Ipam)
            .ShouldBe(("bridge", "cni0", 1420, true, false, true, "host-local"));
        plugin.Subnets.ShouldBe(["10.1.0.0/24", "fd00:1::/64"]);
    }

    [Fact]
    public void Read_CalicoWithCredentials_TakesNoneOfThem()
    {
        Write("var/lib/rancher/k3s/agent/etc/cni/net.d/10-calico.conflist", """
            {"name":"k8s-pod-network","cniVersion":"0.3.1","plugins":[
              {"type":"calico","mtu":1440,"nodename":"n1","etcd_key_file":"/secret/key","policy":{"type":"k8s","k8s_auth_token":"hunter2"},
               "kubernetes":{"kubeconfig":"/etc/cni/net.d/calico-kubeconfig","k8s_api_root":"https://10.0.0.1"},
               "ipam":{"type":"calico-ipam","assign_ipv4":"true","ipv4_pools":["10.42.0.0/16"]}},
              {"type":"portmap","snat":true,"backend":"nftables","capabilities":{"portMappings":true,"off":false}},
              {"type":"tuning","sysctl":{"net.ipv4.conf.IFNAME.rp_filter":"0","net.core.somaxconn":500}}]}
            """);
        Write("var/lib/calico/mtu", "1440\n");

        var cni = Read();

        var network = cni.Folders.ShouldHaveSingleItem().Network.ShouldNotBeNull();
        network.Plugins[0].Subnets.ShouldBe(["10.42.0.0/16"]);
        (network.Plugins[1].Backend, network.Plugins[1].Capabilities!.Single()).ShouldBe(("nftables", "portMappings"));
        network.Plugins[2].Sysctls.ShouldBe(new Dictionary<string, string> { ["net.ipv4.conf.IFNAME.rp_filter"] = "0" });
        cni.CalicoMtu.ShouldBe(1440);
        var all = System.Text.Json.JsonSerializer.Serialize(
            new Diagnosis.Facts.NodeFacts { Node = "n", At = DateTimeOffset.UnixEpoch, Namespaces = [], Cni = new() { Source = "s", At = DateTimeOffset.UnixEpoch, Value = cni } },
            Diagnosis.Facts.FactsJsonContext.Default.NodeFacts);
        foreach (var secret in new[] { "hunter2", "kubeconfig", "/secret", "10.0.0.1" }) all.ShouldNotContain(secret);
    }

    [Fact]
    public void Read_Multus_NamesWhatItCalls()
    {
        Write("etc/cni/net.d/00-multus.conf", """
            {"name":"multus-cni-network","type":"multus","kubeconfig":"/etc/cni/net.d/multus.d/multus.kubeconfig",
             "delegates":[{"name":"cbr0","plugins":[{"type":"flannel"},{"type":"portmap"}]},{"type":"macvlan","mtu":9000}]}
            """);
        Read().Folders[0].Network.ShouldNotBeNull().Plugins.ShouldHaveSingleItem().Delegates.ShouldNotBeNull()
            .Select(plugin => plugin.Type).ShouldBe(["flannel", "portmap", "macvlan"]);
    }

    [Fact]
    public void Read_HostileFiles_AreNamedAndNeverHang()
    {
        Write("etc/cni/net.d/01-deep.conflist", string.Concat(Enumerable.Repeat("{\"plugins\":[", 1000)));
        Write("etc/cni/net.d/02-huge.conflist", "{\"name\":\"" + new string('x', CniReader.MaxBytes) + "\"}");
        Write("etc/cni/net.d/03-binary.conf", "\u0000\u0001\ufffd");
        Write("etc/cni/net.d/04-list.conflist", "[1,2,3]");
        Write("etc/cni/net.d/05-escape.conf", "{\"type\":\"\\ud800\"}");
        var folder = Path.Combine(_root.FullName, "etc/cni/net.d");
        File.CreateSymbolicLink(Path.Combine(folder, "06-loop.conf"), "06-loop.conf");
        File.CreateSymbolicLink(Path.Combine(folder, "07-outside.conf"), "/etc/passwd"); // in the tree there is none
        File.CreateSymbolicLink(Path.Combine(folder, "08-above.conf"), "../../../../../../../../etc/passwd");
        LabNative.MakeFifo(Path.Combine(folder, "09-fifo.conf"), 384).ShouldBe(0);
        Directory.CreateDirectory(Path.Combine(folder, "10-folder.conf"));
        Write("etc/cni/net.d/11-empty.conf", "");
        Write("etc/cni/net.d/12-types.conf", """{"type":"bridge","mtu":"1500","ipMasq":"yes","ipam":[],"delegates":{},"capabilities":3,"sysctl":null}""");

        var found = Read().Folders.ShouldHaveSingleItem();

        found.Files.Select(file => (file.Name[..2], file.State, file.Detail)).ShouldBe(
        [
            ("01", CniFileState.Unusable, "no JSON, or nested too deeply"),
            ("02", CniFileState.Unusable, "larger than 262144 bytes"),
            ("03", CniFileState.Unusable, "no JSON, or nested too deeply"),
            ("04", CniFileState.Unusable, "not an object"),
            ("05", CniFileState.Unusable, "text that is no Unicode"),
            ("06", CniFileState.Unusable, "ELOOP"),
            ("07", CniFileState.Unusable, "ENOENT"),
            ("08", CniFileState.Unusable, "ENOENT"),
            ("09", CniFileState.Unusable, "not a regular file"),
            ("10", CniFileState.Unusable, "not a regular file"),
            ("11", CniFileState.Unusable, "no JSON, or nested too deeply"),
            ("12", CniFileState.Effective, null),
        ]);
        found.Network!.Plugins[0].ShouldBe(new CniPluginFact { Type = "bridge" });
    }

    [Fact]
    public void Read_NoConfiguration_IsAValueWithoutFolders() => Read().Folders.ShouldBeEmpty();

    private CniFact Read() => CniReader.Read(new HostPaths { Root = _root.FullName }).Value.ShouldNotBeNull();

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text, new UTF8Encoding(false));
    }
}
