// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>POSTs that store nothing: tokens and reviews.</summary>
internal sealed class SpecialEndpoints(ObjectStore store, TokenIssuer issuer, Authenticator authenticator, RbacAuthorizer authorizer, TimeProvider time)
{
    private const long DefaultTokenSeconds = 3600;
    private const long ShortestTokenSeconds = 600;
    private const long LongestTokenSeconds = 24 * 3600;

    public bool Handles(Target target) => target.Subresource == "token" || !target.Resource.Verbs.Contains("get");

    public Answer Create(Target target, JsonObject body, WriteOptions options)
    {
        Answer answer = target.Subresource == "token" ? Token(target, body) : Review(target.Resource.Kind, body, options.User);
        if (answer.Body is { } made)
        {
            var writer = new ManagerEntry(options.Manager, "Update", made.Text("apiVersion") ?? "", target.Subresource, time.Now(), new FieldTree());
            ManagedFields managers = ManagedFields.Of(null);
            managers.Update(writer, null, new JsonObject { ["spec"] = body["spec"]?.DeepClone() }, BuiltInShape.Root);
            managers.WriteTo(made, ManagedFields.Of(null));
        }

        return answer;
    }

    private Answer Token(Target target, JsonObject body)
    {
        if (store.Find("serviceaccounts", target.Namespace, target.Name) is not { } account)
            return ApiError.NotFound(target.Resource, target.Name);
        long seconds = body.Number("spec", "expirationSeconds") ?? DefaultTokenSeconds;
        if (seconds < ShortestTokenSeconds)
            return ApiError.Invalid("authentication.k8s.io", "TokenRequest", target.Name, [FieldError.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes")]);
        StoredObject? pod = null;
        if (body.At("spec", "boundObjectRef") is { } bound)
        {
            pod = bound.Text("kind") == "Pod" ? store.Find("pods", target.Namespace, bound.Text("name") ?? "") : null;
            if (pod is null || (bound.Text("uid") is { } uid && uid != pod.Uid))
                return new ApiError(404, "NotFound", $"pods \"{bound.Text("name")}\" not found") { Details = ApiError.Target("", "pods", bound.Text("name") ?? "") };
        }

        StoredObject? node = pod?.Body.Text("spec", "nodeName") is { } nodeName ? store.Find("nodes", "", nodeName) : null;
        seconds = Math.Min(seconds, LongestTokenSeconds);
        (string token, DateTimeOffset expires) = issuer.Issue(account, pod, node, TimeSpan.FromSeconds(seconds));
        return Answer.Created(new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject { ["name"] = account.Name, ["namespace"] = account.Namespace, ["uid"] = account.Uid, ["creationTimestamp"] = time.Now() },
            ["spec"] = new JsonObject
            {
                ["audiences"] = new JsonArray(issuer.Audience),
                ["expirationSeconds"] = seconds,
                ["boundObjectRef"] = body.At("spec", "boundObjectRef")?.DeepClone(),
            },
            ["status"] = new JsonObject { ["token"] = token, ["expirationTimestamp"] = Times.Seconds(expires) },
        });
    }

    private Answer Review(string kind, JsonObject body, UserInfo caller)
    {
        body["apiVersion"] = kind.Contains("Access", StringComparison.Ordinal) ? "authorization.k8s.io/v1" : "authentication.k8s.io/v1";
        body["kind"] = kind;
        body["metadata"] = new JsonObject();
        body["status"] = kind switch
        {
            "SelfSubjectAccessReview" => Access(body, caller),
            "SubjectAccessReview" => Access(body, new UserInfo(body.Text("spec", "user") ?? "", "", [.. body.Strings("spec", "groups")], new Dictionary<string, string>())),
            "TokenReview" => Authentication(body.Text("spec", "token") ?? ""),
            _ => new JsonObject { ["userInfo"] = caller.ToJson() },
        };
        return Answer.Created(body);
    }

    private JsonObject Access(JsonObject body, UserInfo user)
    {
        JsonNode? about = body.At("spec", "resourceAttributes");
        AccessRequest request = about is null
            ? AccessRequest.ForPath(body.Text("spec", "nonResourceAttributes", "verb") ?? "", body.Text("spec", "nonResourceAttributes", "path") ?? "/")
            : new(about.Text("verb") ?? "", about.Text("group") ?? "", about.Text("resource") ?? "", about.Text("subresource") ?? "", about.Text("namespace") ?? "", about.Text("name") ?? "");
        return new JsonObject { ["allowed"] = authorizer.Allows(user, request) };
    }

    private JsonObject Authentication(string token) => authenticator.FromToken(token) is { } user
        ? new JsonObject { ["authenticated"] = true, ["user"] = user.ToJson(), ["audiences"] = new JsonArray(issuer.Audience) }
        : new JsonObject { ["user"] = new JsonObject(), ["error"] = "invalid bearer token" };
}
