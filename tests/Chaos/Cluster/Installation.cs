// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer;

namespace KubeWgDiag.Chaos.Cluster;

/// <summary>What an installation needs beside the resources: namespace, service accounts, rights, and tokens of the accounts.</summary>
internal sealed class Installation : IDisposable
{
    public const string Namespace = "kubewgdiag";
    public const string OperatorAccount = "kubewgdiag-operator";

    private const int Tries = 5;

    private const string ProbeRole = """
        { "rules": [
          { "apiGroups": ["kubewgdiag.io"], "resources": ["nodeprobes"], "verbs": ["get", "list", "watch"] },
          { "apiGroups": ["kubewgdiag.io"], "resources": ["nodeprobes/status"], "verbs": ["get", "patch"] } ] }
        """;

    private readonly HttpClient _http;

    public Installation(ApiServer api)
    {
        using var authority = X509Certificate2.CreateFromPem(api.AuthorityPem);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509CertificateLoader.LoadCertificate(authority.RawData) },
        };
        _http = new HttpClient(handler) { BaseAddress = api.LoopbackUrl, Timeout = TimeSpan.FromSeconds(5) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", api.AdminToken);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("kubewgdiag-chaos");
    }

    public async Task InstallAsync(CancellationToken ct)
    {
        const string rbac = "/apis/rbac.authorization.k8s.io/v1";
        await CreateAsync("/api/v1/namespaces", "Namespace", Namespace, "{}", ct);
        foreach (var account in (string[])["kubewgdiag-probe", OperatorAccount])
            await CreateAsync($"/api/v1/namespaces/{Namespace}/serviceaccounts", "ServiceAccount", account, "{}", ct);
        await CreateAsync($"{rbac}/clusterroles", "ClusterRole", "kubewgdiag-probe", ProbeRole, ct);
        await CreateAsync($"{rbac}/clusterrolebindings", "ClusterRoleBinding", "kubewgdiag-probe", Binding("kubewgdiag-probe", "kubewgdiag-probe"), ct);
        await CreateAsync($"{rbac}/clusterrolebindings", "ClusterRoleBinding", OperatorAccount, Binding("cluster-admin", OperatorAccount), ct);
    }

    /// <summary>A fresh token of the operator's account.</summary>
    public async Task<string> RequestTokenAsync(CancellationToken ct)
    {
        const string request = """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}""";
        for (var tries = 1; ; tries++)
        {
            try
            {
                return (string)(await PostAsync($"/api/v1/namespaces/{Namespace}/serviceaccounts/{OperatorAccount}/token", request, ct))["status"]!["token"]!;
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && tries < Tries && !ct.IsCancellationRequested)
            {
                // A connection from before the server was away.
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Binding(string role, string account) => $$"""
        { "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "{{role}}" },
          "subjects": [ { "kind": "ServiceAccount", "name": "{{account}}", "namespace": "{{Namespace}}" } ] }
        """;

    private async Task CreateAsync(string path, string kind, string name, string rest, CancellationToken ct)
    {
        var body = JsonNode.Parse(rest)!.AsObject();
        body["kind"] = kind;
        body["apiVersion"] = path.StartsWith("/api/", StringComparison.Ordinal) ? "v1" : "rbac.authorization.k8s.io/v1";
        body["metadata"] = new JsonObject { ["name"] = name };
        await PostAsync(path, body.ToJsonString(), ct);
    }

    private async Task<JsonNode> PostAsync(string path, string json, CancellationToken ct)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), body, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new HttpRequestException($"{path}: {text}", null, answer.StatusCode);
    }
}
