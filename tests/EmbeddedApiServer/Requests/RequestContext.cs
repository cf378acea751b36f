// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>One authorized request for a known kind.</summary>
internal sealed record RequestContext(HttpContext Http, UserInfo User, Target Target, string Verb)
{
    public AcceptForm Form { get; } = AcceptForm.Read(Http.Request.Headers.Accept);

    public string IncludeObject => Parameter("includeObject") ?? "Metadata";

    public string? Parameter(string name) => Http.Request.Query.TryGetValue(name, out var values) ? values[^1] : null;

    public (WriteOptions? Options, ApiError? Problem) WriteOptions()
    {
        string manager = Parameter("fieldManager") ?? "";
        if (manager.Length > 128 || manager.Any(char.IsControl))
            return (null, ApiError.Invalid("meta.k8s.io", $"{(Verb == "patch" ? "Patch" : Verb == "create" ? "Create" : "Update")}Options", "", [FieldError.Invalid("fieldManager", manager, "must be printable and at most 128 characters")]));
        FieldValidation? validation = Parameter("fieldValidation") switch
        {
            null or "" or "Warn" => FieldValidation.Warn,
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            _ => null,
        };
        if (validation is null)
            return (null, ApiError.BadRequest("fieldValidation must be Ignore, Warn or Strict"));
        string agent = Http.Request.Headers.UserAgent.ToString().Split('/')[0];
        return (new WriteOptions
        {
            User = User,
            Manager = manager.Length > 0 ? manager : agent.Length is > 0 and <= 128 ? agent : "unknown",
            HasManager = manager.Length > 0,
            DryRun = Parameter("dryRun") == "All",
            Force = Parameter("force") is "true" or "1",
            Validation = validation.Value,
        }, null);
    }
}
