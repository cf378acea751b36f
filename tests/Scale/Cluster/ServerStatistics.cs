// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Scale.Cluster;

/// <summary>What the embedded server counted.</summary>
/// <param name="Rows">One for every sender, verb and resource.</param>
/// <param name="CpuSeconds">Processor time of the server.</param>
internal sealed record ServerStatistics(IReadOnlyList<ServerRow> Rows, double CpuSeconds)
{
    /// <summary>The sum over a sender's rows.</summary>
    public double Sum(string agent, Func<ServerRow, long> value) => Rows.Where(row => row.Agent == agent).Sum(row => (double)value(row));

    /// <summary>What was added since an earlier reading. Watches that were open then go on in the same rows.</summary>
    public ServerStatistics Since(ServerStatistics earlier)
    {
        var before = earlier.Rows.ToDictionary(row => (row.Agent, row.Verb, row.Resource));
        return new([.. Rows.Select(row => before.TryGetValue((row.Agent, row.Verb, row.Resource), out var old) ? row.Less(old) : row)], CpuSeconds - earlier.CpuSeconds);
    }

    /// <summary>Size of the largest object that anybody wrote, in bytes.</summary>
    public long LargestObject => Rows.Count == 0 ? 0 : Rows.Max(row => row.LargestObject);
}

/// <summary>Figures of one sender, verb and resource.</summary>
internal sealed record ServerRow(
    string Agent, string Verb, string Resource, long Requests, long Writes, long Refused, long BytesIn, long BytesOut, long LargestObject)
{
    /// <summary>The same row without what was counted before.</summary>
    public ServerRow Less(ServerRow old) => this with
    {
        Requests = Requests - old.Requests,
        Writes = Writes - old.Writes,
        Refused = Refused - old.Refused,
        BytesIn = BytesIn - old.BytesIn,
        BytesOut = BytesOut - old.BytesOut,
    };
}

/// <summary>JSON of the statistics.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ServerStatistics))]
internal sealed partial class ServerJson : JsonSerializerContext;
