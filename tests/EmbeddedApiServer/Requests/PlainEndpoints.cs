// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>Everything that is no resource: health, version, discovery, OpenAPI.</summary>
internal sealed class PlainEndpoints(DiscoveryDocuments discovery, AggregatedDiscovery aggregated, OpenApiDocuments openApi, StatisticsEndpoint statistics)
{
    private const string AggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public Task HandleAsync(HttpContext context, string path)
    {
        if (path == StatisticsEndpoint.Path)
            return statistics.HandleAsync(context);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return ResponseWriter.ErrorAsync(context, ApiError.MethodNotAllowed());
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        bool wantsAggregated = AcceptForm.Read(context.Request.Headers.Accept).As == "APIGroupDiscoveryList";
        return parts switch
        {
            ["healthz" or "livez" or "readyz", ..] => ResponseWriter.TextAsync(context, 200, "ok"),
            ["version"] => ResponseWriter.JsonAsync(context, 200, DiscoveryDocuments.Version()),
            ["api"] when wantsAggregated => AggregatedAsync(context, aggregated.Core()),
            ["apis"] when wantsAggregated => AggregatedAsync(context, aggregated.Groups()),
            ["api"] => ResponseWriter.JsonAsync(context, 200, DiscoveryDocuments.CoreVersions()),
            ["api", { } version] => OptionalAsync(context, discovery.Resources("", version)),
            ["apis"] => ResponseWriter.JsonAsync(context, 200, discovery.Groups()),
            ["apis", { } group] => OptionalAsync(context, discovery.Group(group)),
            ["apis", { } group, { } version] => OptionalAsync(context, discovery.Resources(group, version)),
            ["openapi", "v2"] => OpenApiV2Async(context),
            ["openapi", "v3"] => ResponseWriter.JsonAsync(context, 200, openApi.Index()),
            ["openapi", "v3", "api", { } version] => OptionalAsync(context, openApi.Document("", version)),
            ["openapi", "v3", "apis", { } group, { } version] => OptionalAsync(context, openApi.Document(group, version)),
            _ => ResponseWriter.NoSuchPageAsync(context),
        };
    }

    private static Task AggregatedAsync(HttpContext context, JsonObject document)
    {
        context.Response.Headers.CacheControl = "public";
        return ResponseWriter.JsonAsync(context, 200, document, AggregatedType);
    }

    private static Task OpenApiV2Async(HttpContext context)
    {
        // kubectl reads version 2 only in protobuf; an empty document makes it skip its own validation and leave it to the server.
        bool wantsProtobuf = context.Request.Headers.Accept.ToString().Contains("proto", StringComparison.Ordinal);
        return wantsProtobuf
            ? ResponseWriter.BytesAsync(context, 200, OpenApiDocuments.EmptyV2Protobuf(), "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
            : ResponseWriter.JsonAsync(context, 200, OpenApiDocuments.EmptyV2());
    }

    private static Task OptionalAsync(HttpContext context, JsonObject? document) =>
        document is null ? ResponseWriter.NoSuchPageAsync(context) : ResponseWriter.JsonAsync(context, 200, document);
}
