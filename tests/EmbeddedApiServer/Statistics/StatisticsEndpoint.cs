// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Statistics;

/// <summary>GET and DELETE of /debug/statistics, which no Kubernetes server has: the figures, and to begin them again.</summary>
internal sealed class StatisticsEndpoint(RequestStatistics statistics)
{
    public const string Path = "/debug/statistics";

    public Task HandleAsync(HttpContext context)
    {
        switch (context.Request.Method)
        {
            case "GET":
                return ResponseWriter.JsonAsync(context, 200, ToJson(collect: context.Request.Query.ContainsKey("collect")));
            case "DELETE":
                statistics.Reset();
                return ResponseWriter.TextAsync(context, 200, "ok");
            default:
                return ResponseWriter.ErrorAsync(context, ApiError.MethodNotAllowed());
        }
    }

    /// <param name="collect">Collect garbage first, so that the memory shown is in use.</param>
    private JsonObject ToJson(bool collect) => new()
    {
        ["rows"] = Json.Array(statistics.Rows.Select(row => (JsonNode?)new JsonObject
        {
            ["agent"] = row.Agent,
            ["verb"] = row.Verb,
            ["resource"] = row.Resource,
            ["requests"] = row.Requests,
            ["writes"] = row.Writes,
            ["refused"] = row.Refused,
            ["bytesIn"] = row.BytesIn,
            ["bytesOut"] = row.BytesOut,
            ["largestObject"] = row.LargestObject,
        })),
        ["memory"] = new JsonObject { ["managedBytes"] = GC.GetTotalMemory(collect), ["residentBytes"] = Environment.WorkingSet },
        ["cpuSeconds"] = Environment.CpuUsage.TotalTime.TotalSeconds,
    };
}
