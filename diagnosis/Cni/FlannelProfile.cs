// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>
/// Flannel with its wireguard backend, also inside k3s and RKE2 (pkg/backend/wireguard and pkg/subnet/kube of flannel-io/flannel): one device for each family, or
/// one for both; the cluster network is one route.
/// </summary>
internal static class FlannelProfile
{
    public static CniProfile Value { get; } = new()
    {
        Name = "Flannel",
        Devices = ["flannel-wg", "flannel-wg-v6"],
        Ports = [51820, 51821],
        Plugins = ["flannel"],
        FilterOwner = "flannel",
        Mtu = new(80, 80),
        Keepalive = 0,
        UsesPodCidrs = true,
        IsFullMesh = true,
        Normal = NormalBehaviour.SilentWhenIdle | NormalBehaviour.EmptyPeers,
        Published = Read,
    };

    private static IEnumerable<PublishedDevice> Read(ClusterNode node)
    {
        if (node.Annotation(KnownAnnotations.FlannelBackendType) != "wireguard") yield break;
        // A device for both families publishes in the annotation of either.
        IpAddr[] both = [.. Addresses.Parse(node.Annotation(KnownAnnotations.FlannelPublicIp)), .. Addresses.Parse(node.Annotation(KnownAnnotations.FlannelPublicIpV6))];
        var (key, port) = Data(node.Annotation(KnownAnnotations.FlannelBackendData));
        var (key6, port6) = Data(node.Annotation(KnownAnnotations.FlannelBackendV6Data));
        if (key is not null || key6 is null)
            yield return new PublishedDevice(node, "flannel-wg", KnownAnnotations.FlannelBackendData, key) { Port = port, Endpoints = both, EndpointFrom = KnownAnnotations.FlannelPublicIp };
        if (key6 is not null && key6 != key)
            yield return new PublishedDevice(node, "flannel-wg-v6", KnownAnnotations.FlannelBackendV6Data, key6) { Port = port6, Endpoints = both, EndpointFrom = KnownAnnotations.FlannelPublicIpV6 };
    }

    private static (string? Key, ushort? Port) Data(string? json)
    {
        if (json is null || json.Length > KnownAnnotations.ValueLimit) return default;
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return default;
            var key = root.TryGetProperty("PublicKey", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
            ushort? port = root.TryGetProperty("Port", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetUInt16(out var value) && value > 0 ? value : null;
            return (key, port);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
