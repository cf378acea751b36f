// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts.Cni;

namespace KubeWgDiag.NodeProbe.Cni;

/// <summary>
/// Reads a network configuration (CNI specification 0.1 to 1.1). Only listed keys are looked at, so no key of any plugin, present or future,
/// can carry a secret into the facts.
/// </summary>
internal static class CniConfigParser
{
    private const int MaxPlugins = 32;
    private const int MaxNames = 64;
    private const int TextLength = 128;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>Reads a .conflist (a list of plugins), or a .conf or .json (one plugin). Null and a reason when a runtime would refuse it.</summary>
    public static CniNetworkFact? Parse(ReadOnlyMemory<byte> json, bool list, out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return Network(document.RootElement, list, out problem);
        }
        catch (JsonException)
        {
            problem = "no JSON, or nested too deeply";
            return null;
        }
        catch (InvalidOperationException)
        {
            // Text with escapes that are no Unicode: such names are nobody's.
            problem = "text that is no Unicode";
            return null;
        }
    }

    private static CniNetworkFact? Network(JsonElement root, bool list, out string? problem)
    {
        problem = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            problem = "not an object";
            return null;
        }

        List<CniPluginFact> plugins = [];
        if (!list)
        {
            if (Plugin(root, 0) is { } only) plugins.Add(only);
        }
        else if (Member(root, "plugins", JsonValueKind.Array) is { } chain)
        {
            foreach (var element in chain.EnumerateArray().Take(MaxPlugins))
            {
                if (Plugin(element, 0) is { } plugin) plugins.Add(plugin);
                else problem = "a plugin without a type";
            }
        }

        if (plugins.Count == 0) problem ??= list ? "no plugins" : "no type";
        return problem is null ? new CniNetworkFact(plugins, Text(root, "name"), Text(root, "cniVersion")) : null;
    }

    private static CniPluginFact? Plugin(JsonElement element, int depth)
    {
        if (element.ValueKind != JsonValueKind.Object) return null;
        // A delegate of flannel may leave the type out: flannel then fills in bridge.
        var type = Text(element, "type") ?? (depth > 0 ? "bridge" : null);
        if (type is null) return null;
        var ipam = Member(element, "ipam", JsonValueKind.Object);
        return new CniPluginFact
        {
            Type = type,
            Ipam = ipam is { } addresses ? Text(addresses, "type") : null,
            Subnets = ipam is { } ranges ? Subnets(ranges) : null,
            Mtu = Number(element, "mtu") ?? Number(element, "MTU"),
            Bridge = Text(element, "bridge"),
            IpMasq = Switch(element, "ipMasq"),
            HairpinMode = Switch(element, "hairpinMode"),
            IsGateway = Switch(element, "isGateway"),
            IsDefaultGateway = Switch(element, "isDefaultGateway"),
            Backend = Text(element, "backend") ?? Text(element, "ipMasqBackend"),
            Sysctls = Sysctls(element),
            Capabilities = Member(element, "capabilities", JsonValueKind.Object) is { } capabilities
                ? [.. capabilities.EnumerateObject().Where(c => c.Value.ValueKind == JsonValueKind.True).Take(MaxNames).Select(c => Short(c.Name))]
                : null,
            Delegates = depth == 0 ? Delegates(element) : null,
        };
    }

    private static List<CniPluginFact>? Delegates(JsonElement element)
    {
        List<CniPluginFact> delegates = [];
        if (Member(element, "delegate", JsonValueKind.Object) is { } one && Plugin(one, 1) is { } flannel) delegates.Add(flannel);
        if (Member(element, "delegates", JsonValueKind.Array) is { } several)
        {
            foreach (var entry in several.EnumerateArray().Take(MaxPlugins))
            {
                // Multus takes whole networks as well: then their plugins count.
                if (Member(entry, "plugins", JsonValueKind.Array) is { } inner)
                    delegates.AddRange(inner.EnumerateArray().Take(MaxPlugins).Select(plugin => Plugin(plugin, 1)).OfType<CniPluginFact>());
                else if (Plugin(entry, 1) is { } plugin) delegates.Add(plugin);
            }
        }

        return delegates.Count > 0 ? delegates : null;
    }

    // host-local: "subnet", or "ranges": a list of lists of objects with one.
    private static List<string>? Subnets(JsonElement ipam)
    {
        List<string> subnets = [];
        if (Text(ipam, "subnet") is { } single) subnets.Add(single);
        if (Member(ipam, "ranges", JsonValueKind.Array) is { } ranges)
        {
            foreach (var set in ranges.EnumerateArray().Take(MaxNames).Where(set => set.ValueKind == JsonValueKind.Array))
                subnets.AddRange(set.EnumerateArray().Take(MaxNames).Select(range => Text(range, "subnet")).OfType<string>());
        }

        foreach (var pools in new[] { "ipv4_pools", "ipv6_pools" })
        {
            if (Member(ipam, pools, JsonValueKind.Array) is { } names)
                subnets.AddRange(names.EnumerateArray().Take(MaxNames).Where(n => n.ValueKind == JsonValueKind.String).Select(n => Short(n.GetString()!)));
        }

        return subnets.Count > 0 ? subnets : null;
    }

    private static SortedDictionary<string, string>? Sysctls(JsonElement element)
    {
        if (Member(element, "sysctl", JsonValueKind.Object) is not { } sysctls) return null;
        var named = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var sysctl in sysctls.EnumerateObject().Take(MaxNames).Where(s => s.Value.ValueKind == JsonValueKind.String))
            named[Short(sysctl.Name)] = Short(sysctl.Value.GetString()!);
        return named;
    }

    private static JsonElement? Member(JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name, JsonValueKind.String)?.GetString() is { Length: > 0 } text ? Short(text) : null;

    private static int? Number(JsonElement element, string name) =>
        Member(element, name, JsonValueKind.Number) is { } number && number.TryGetInt32(out var value) ? value : null;

    private static bool? Switch(JsonElement element, string name) =>
        Member(element, name, JsonValueKind.True) is not null ? true : Member(element, name, JsonValueKind.False) is not null ? false : null;

    private static string Short(string text) => text.Length <= TextLength ? text : text[..TextLength];
}
