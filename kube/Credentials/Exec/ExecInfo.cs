// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>What a plugin is told in its environment (client.authentication.k8s.io ExecCredential, spec).</summary>
internal static class ExecInfo
{
    public const string Variable = "KUBERNETES_EXEC_INFO";

    /// <summary>Writes it.</summary>
    /// <param name="apiVersion">Of the section.</param>
    /// <param name="interactive">Whether the plugin has a terminal.</param>
    /// <param name="cluster">Null unless the section asks for it.</param>
    public static string Write(string apiVersion, bool interactive, ExecClusterInfo? cluster)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", apiVersion);
            json.WriteString("kind", ExecResult.Kind);
            json.WriteStartObject("spec");
            json.WriteBoolean("interactive", interactive);
            if (cluster is not null) Write(json, cluster);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, ExecClusterInfo cluster)
    {
        json.WriteStartObject("cluster");
        json.WriteString("server", cluster.Server);
        if (cluster.TlsServerName is not null) json.WriteString("tls-server-name", cluster.TlsServerName);
        if (cluster.InsecureSkipTlsVerify) json.WriteBoolean("insecure-skip-tls-verify", value: true);
        if (cluster.AuthorityPem is not null) json.WriteBase64String("certificate-authority-data", Encoding.UTF8.GetBytes(cluster.AuthorityPem));
        if (cluster.Config is not null)
        {
            json.WritePropertyName("config");
            json.WriteRawValue(cluster.Config);
        }

        json.WriteEndObject();
    }
}

/// <summary>The cluster as a plugin sees it.</summary>
internal sealed record ExecClusterInfo
{
    public required string Server { get; init; }

    public string? TlsServerName { get; init; }

    public bool InsecureSkipTlsVerify { get; init; }

    public string? AuthorityPem { get; init; }

    /// <summary>JSON of the cluster's extension <c>client.authentication.k8s.io/exec</c>.</summary>
    public string? Config { get; init; }
}
