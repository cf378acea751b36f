// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer;
using KubeWgDiag.Lab;
using YamlDotNet.RepresentationModel;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>Applies YAML documents as <c>kubectl apply --server-side</c> does, for machines without kubectl.</summary>
public static class Manifests
{
    private static readonly Dictionary<string, string> Plurals = new(StringComparer.Ordinal)
    {
        ["Namespace"] = "namespaces",
        ["ServiceAccount"] = "serviceaccounts",
        ["ClusterRole"] = "clusterroles",
        ["ClusterRoleBinding"] = "clusterrolebindings",
        ["Role"] = "roles",
        ["RoleBinding"] = "rolebindings",
        ["ConfigMap"] = "configmaps",
        ["Service"] = "services",
        ["Deployment"] = "deployments",
        ["ValidatingAdmissionPolicy"] = "validatingadmissionpolicies",
        ["ValidatingAdmissionPolicyBinding"] = "validatingadmissionpolicybindings",
        ["TunnelDiagnosis"] = "tunneldiagnoses",
    };

    /// <summary>Applies every document of a file.</summary>
    /// <exception cref="LabException">The server refuses one; the message is the server's.</exception>
    public static async Task ApplyAsync(ApiServer api, string yaml, CancellationToken ct)
    {
        using var http = Connect(api);
        foreach (var document in yaml.Split("\n---\n").Where(text => text.Contains("kind:", StringComparison.Ordinal)))
        {
            using var body = new StringContent(document, Encoding.UTF8, new MediaTypeHeaderValue("application/apply-patch+yaml"));
            using var answer = await http.PatchAsync(new Uri(api.LoopbackUrl, $"{PathOf(document)}?fieldManager=kubewgdiag-lab&force=true"), body, ct);
            if (!answer.IsSuccessStatusCode)
                throw new LabException(await answer.Content.ReadAsStringAsync(ct));
        }
    }

    /// <summary>Asks for a token of a service account, as <c>kubectl create token</c> does.</summary>
    /// <exception cref="LabException">The server refuses.</exception>
    public static async Task<string> RequestTokenAsync(ApiServer api, string @namespace, string account, CancellationToken ct)
    {
        using var http = Connect(api);
        using var body = new StringContent("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(api.LoopbackUrl, $"/api/v1/namespaces/{@namespace}/serviceaccounts/{account}/token"), body, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode ? (string)JsonNode.Parse(text)!["status"]!["token"]! : throw new LabException(text);
    }

    private static string PathOf(string document)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(document));
        var root = stream.Documents[0].RootNode;
        var version = Text(root["apiVersion"]);
        var kind = Text(root["kind"]);
        var metadata = (YamlMappingNode)root["metadata"];
        var @namespace = metadata.Children.TryGetValue("namespace", out var inNamespace) ? $"/namespaces/{Text(inNamespace)}" : "";
        var prefix = version.Contains('/', StringComparison.Ordinal) ? "apis" : "api";
        return Plurals.TryGetValue(kind, out var plural)
            ? $"/{prefix}/{version}{@namespace}/{plural}/{Text(metadata["name"])}"
            : throw new LabException($"no document of kind {kind} is applied here");
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    private static HttpClient Connect(ApiServer api)
    {
        using var authority = X509Certificate2.CreateFromPem(api.AuthorityPem);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509CertificateLoader.LoadCertificate(authority.RawData) },
        };
        var http = new HttpClient(handler);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", api.AdminToken);
        return http;
    }
}
