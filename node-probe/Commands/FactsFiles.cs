// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>Reads files of recorded facts, all or none.</summary>
internal static class FactsFiles
{
    /// <summary>Facts of a very large node have some megabytes; a file beyond this is something else.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    public static async Task<FactsRead> ReadAsync(IReadOnlyList<string> paths, CancellationToken ct)
    {
        var nodes = new List<NodeFacts>();
        var origin = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var read = await ReadAsync(path, ct);
            if (read.Problem is not null) return read;
            foreach (var node in read.Nodes)
            {
                if (!origin.TryAdd(node.Node, path))
                    return FactsRead.Refused($"{path}: node '{node.Node}' is already in {origin[node.Node]}; each node may be given once");
                nodes.Add(node);
            }
        }

        return new FactsRead(nodes, null);
    }

    private static async Task<FactsRead> ReadAsync(string path, CancellationToken ct)
    {
        byte[] bytes;
        try
        {
            if (Directory.Exists(path)) return FactsRead.Refused($"{path}: is a directory");
            if (new FileInfo(path).Length > MaxBytes) return FactsRead.Refused($"{path}: larger than {MaxBytes / 1024 / 1024} MiB");
            bytes = await File.ReadAllBytesAsync(path, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return FactsRead.Refused($"{path}: {PathProblem.Of(e)}");
        }

        return FactsParser.TryParse(bytes, out var nodes, out var problem)
            ? new FactsRead(nodes, null)
            : FactsRead.Refused($"{path}:{problem.Line}: {problem.Reason}");
    }
}

/// <summary>Facts, or why they were refused.</summary>
internal sealed record FactsRead(IReadOnlyList<NodeFacts> Nodes, string? Problem)
{
    public static FactsRead Refused(string problem) => new([], problem);
}
