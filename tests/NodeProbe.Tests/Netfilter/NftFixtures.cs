// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter;

/// <summary>Rulesets under tests/fixtures/netfilter/nft (README there).</summary>
internal static class NftFixtures
{
    public static readonly string[] Names = ["nasty", "kube-proxy", "firewalld", "docker", "calico", "cilium", "flannel"];

    /// <summary>Texts of nft 1.0.6 that ours differs from, with the reason.</summary>
    public static readonly Dictionary<string, string> KnownDifferences = new(StringComparer.Ordinal)
    {
        ["frag more-fragments 1"] = "a field of one bit in an extension header: ours stays in the low-level form",
        ["tcp flags { syn | ack, syn } accept"] = "nft 1.0.6 does not sort elements with several flags",
        ["ct expiration 10s-60s"] = "nft 1.0.6 writes the end of a range of times in seconds; alone it writes 1m, as ours does",
    };

    public static string Folder { get; } = Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "netfilter", "nft");

    /// <summary>Loads a ruleset into a namespace with the devices that it names.</summary>
    public static void Load(LabNamespace lab, string name) =>
        lab.Shell($"ip link set lo up; ip link add nft0 type veth peer name nft1; nft -f '{Path.Combine(Folder, name, "ruleset.nft")}'");

    /// <summary>The index of a device; /sys would show the devices of another namespace.</summary>
    public static int IndexOf(LabNamespace lab, string device) =>
        int.Parse(lab.Shell($"ip -o link show dev '{device}'").Split(':')[0], CultureInfo.InvariantCulture);
}
