// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Statistics;

/// <summary>The statistics for people.</summary>
internal static class StatisticsTable
{
    public static void Write(IEnumerable<RequestCount> rows, TextWriter output)
    {
        output.WriteLine($"{"agent",-24} {"verb",-10} {"resource",-28} {"requests",9} {"writes",8} {"refused",8} {"bytes in",13} {"bytes out",13} {"largest",9}");
        foreach (RequestCount row in rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Agent,-24} {row.Verb,-10} {row.Resource,-28} {row.Requests,9} {row.Writes,8} {row.Refused,8} {row.BytesIn,13} {row.BytesOut,13} {row.LargestObject,9}"));
    }
}
