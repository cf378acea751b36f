// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>Recognises machines of clouds by what their firmware says.</summary>
internal static class Clouds
{
    private static readonly string[] Vendors =
    [
        "Amazon", "Google", "Microsoft Corporation", "OpenStack", "Hetzner", "DigitalOcean", "Alibaba", "Tencent", "OracleCloud", "Oracle Corporation", "Scaleway", "Vultr", "Akamai", "Linode", "OVH", "UpCloud", "Exoscale",
    ];

    /// <summary>The cloud as the firmware names it; null for other machines, or when it says nothing.</summary>
    public static string? NameOf(NodeView node) =>
        node.Facts.Host?.Platform?.Value is { } platform
            ? new[] { platform.Vendor, platform.BiosVendor, platform.Product }
                .FirstOrDefault(text => text is not null && Array.Exists(Vendors, vendor => text.Contains(vendor, StringComparison.OrdinalIgnoreCase))) is { } name ? DisplayText.Name(name) : null
            : null;
}
