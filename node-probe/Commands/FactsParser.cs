// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>Reads recorded facts and refuses what the engine cannot rely on.</summary>
internal static class FactsParser
{
    private const string VersionFamily = "facts.kubewgdiag.io/v";
    private const int MajorVersion = 1;

    /// <summary>Reads one object or an array of objects.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out IReadOnlyList<NodeFacts> nodes, [NotNullWhen(false)] out ParseProblem? problem)
    {
        nodes = [];
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];
        try
        {
            problem = JsonShape.Check(json, IsKnown, out var isArray);
            if (problem is not null) return false;
            nodes = isArray
                ? JsonSerializer.Deserialize(json, FactsFileJsonContext.Default.ListNodeFacts) ?? []
                : JsonSerializer.Deserialize(json, FactsJsonContext.Default.NodeFacts) is { } node ? [node] : [];
        }
        catch (JsonException e)
        {
            problem = new ParseProblem(e.LineNumber + 1 ?? 1, Reason(e));
            return false;
        }

        problem = nodes.Count == 0 ? "no facts in it" : nodes.Select(Check).FirstOrDefault(p => p is not null) is { } bad ? bad : null;
        return problem is null;
    }

    private static string? Check(NodeFacts node)
    {
        if (node.Node.Length == 0) return "the node has no name";
        foreach (var space in node.Namespaces)
        {
            if (Facts(space).FirstOrDefault(f => !f.Good) is { Name: { } name })
                return $"node '{node.Node}', namespace '{space.Name}': {name} has neither or both of value and notAvailable";
        }

        return null;
    }

    private static IEnumerable<(string Name, bool Good)> Facts(NamespaceFacts space) =>
    [
        ("links", IsWhole(space.Links)),
        ("addresses", IsWhole(space.Addresses)),
        ("routes", IsWhole(space.Routes)),
        ("rules", IsWhole(space.Rules)),
        ("neighbours", IsWhole(space.Neighbours)),
        ("sysctls", IsWhole(space.Sysctls)),
        ("protocolCounters", IsWhole(space.ProtocolCounters)),
        ("kernelWireGuard", IsWhole(space.KernelWireGuard)),
        ("userspaceWireGuard", IsWhole(space.UserspaceWireGuard)),
        ("routeLookups", IsWhole(space.RouteLookups)),
        ("conntrack", IsWhole(space.Conntrack)),
        ("conntrackFlows", IsWhole(space.ConntrackFlows)),
        ("udpSockets", IsWhole(space.UdpSockets)),
        ("socketOwners", IsWhole(space.SocketOwners)),
    ];

    // Facts of older versions lack those that were added since.
    private static bool IsWhole<T>(Fact<T>? fact)
        where T : class => fact is null || fact.Value is null != fact.NotAvailable is null;

    /// <summary>The same major version, whatever minor one: those only add.</summary>
    private static bool IsKnown(string version)
    {
        if (!version.StartsWith(VersionFamily, StringComparison.Ordinal)) return false;
        var number = version.AsSpan(VersionFamily.Length);
        var dot = number.IndexOf('.');
        return int.TryParse(dot < 0 ? number : number[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major == MajorVersion;
    }

    /// <summary>The serializer repeats path and position at the end of its message; the line is said already.</summary>
    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        if (end < 0) end = e.Message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        var reason = end < 0 ? e.Message : e.Message[..end];
        return string.IsNullOrEmpty(e.Path) || e.Path == "$" ? reason : $"{reason} (at {e.Path})";
    }
}

/// <summary>Why a file is refused.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Reason">One line.</param>
internal sealed record ParseProblem(long Line, string Reason)
{
    public static implicit operator ParseProblem?(string? reason) => reason is null ? null : new ParseProblem(1, reason);
}
