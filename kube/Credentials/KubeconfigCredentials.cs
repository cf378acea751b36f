// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials.Exec;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>Makes <see cref="ClusterAccess"/> of the current context of a kubeconfig.</summary>
public static class KubeconfigCredentials
{
    /// <summary>Reads files and resolves the current context.</summary>
    /// <param name="explicitPath">Null = KUBECONFIG, else the home folder.</param>
    /// <param name="environment">Value of a variable; null = not set.</param>
    /// <param name="time">Clock of re-reads.</param>
    /// <param name="log">Told when a file cannot be used any more.</param>
    public static KubeResult<ClusterAccess> Load(string? explicitPath, Func<string, string?> environment, TimeProvider time, KubeLog? log = null)
    {
        KubeResult<Kubeconfig> config = KubeconfigLoader.Load(explicitPath, environment);
        if (!config.IsSuccess) return config.Error;
        try
        {
            return KubeResult<ClusterAccess>.Ok(Resolve(config.Value, environment, time, log));
        }
        catch (FormatException e)
        {
            return new KubeError(KubeErrorKind.Configuration, $"The kubeconfig cannot be used: {e.Message}");
        }
    }

    private static ClusterAccess Resolve(Kubeconfig config, Func<string, string?> environment, TimeProvider time, KubeLog? log)
    {
        string name = config.CurrentContext ?? throw new FormatException($"{string.Join(", ", config.Files)}: current-context is not set.");
        KubeconfigContext context = config.Contexts.GetValueOrDefault(name) ?? throw new FormatException($"{string.Join(", ", config.Files)}: the context {name} does not exist.");
        KubeconfigCluster cluster = config.Clusters.GetValueOrDefault(context.Cluster ?? string.Empty)
            ?? throw new FormatException($"{context.Origin}: the cluster of the context {name} does not exist.");
        KubeconfigUser user = string.IsNullOrEmpty(context.User)
            ? new KubeconfigUser { Origin = context.Origin }
            : config.Users.GetValueOrDefault(context.User) ?? throw new FormatException($"{context.Origin}: the user of the context {name} does not exist.");
        CheckSupport(cluster, user);
        string? authority = Pem(cluster.CertificateAuthorityData, cluster.CertificateAuthority, cluster.Origin, "certificate-authority", out string? path);
        var access = new ClusterAccess
        {
            Server = Server(cluster),
            TlsServerName = cluster.TlsServerName,
            InsecureSkipTlsVerify = cluster.InsecureSkipTlsVerify,
            Trust = Trust(cluster, authority, path, time, log),
            ClientCertificate = Certificate(user, time, log),
            Token = Token(user, time, log),
            Exec = Exec(user, cluster, authority, environment, time),
            DefaultNamespace = context.Namespace ?? "default",
        };
        if (access.Exec is not null && (access.Token is not null || access.ClientCertificate is not null))
            throw new FormatException($"{user.Origin}: exec stands beside a token or a client certificate; which of them counts is not clear.");
        return access;
    }

    private static void CheckSupport(KubeconfigCluster cluster, KubeconfigUser user)
    {
        if (user.Unsupported.Count > 0)
            throw new FormatException($"{user.Origin}: {string.Join(", ", user.Unsupported)}: not supported; use exec, a token or a client certificate.");
        if (cluster.ProxyUrl is not null) throw new FormatException($"{cluster.Origin}: proxy-url is not supported.");
    }

    private static ExecCredentialSource? Exec(KubeconfigUser user, KubeconfigCluster cluster, string? authority, Func<string, string?> environment, TimeProvider time)
    {
        if (user.Exec is not { } exec) return null;
        var info = new ExecClusterInfo
        {
            Server = cluster.Server ?? string.Empty,
            TlsServerName = cluster.TlsServerName,
            InsecureSkipTlsVerify = cluster.InsecureSkipTlsVerify,
            AuthorityPem = authority,
            Config = cluster.ExecConfig,
        };
        return new ExecCredentialSource(exec, info, new ExecProcess(environment, time), time);
    }

    private static Uri Server(KubeconfigCluster cluster) =>
        Uri.TryCreate(cluster.Server, UriKind.Absolute, out Uri? server) && server.Scheme is "https" or "http"
            ? server
            : throw new FormatException($"{cluster.Origin}: server is not an http(s) address.");

    private static TrustSource? Trust(KubeconfigCluster cluster, string? pem, string? path, TimeProvider time, KubeLog? log)
    {
        if (pem is null) return null;
        if (cluster.InsecureSkipTlsVerify) throw new FormatException($"{cluster.Origin}: insecure-skip-tls-verify and a certificate authority exclude each other.");
        return TrustSource.FromPem(pem, path, time, log) ?? throw new FormatException($"{cluster.Origin}: certificate-authority holds no certificate.");
    }

    private static ClientCertificateSource? Certificate(KubeconfigUser user, TimeProvider time, KubeLog? log)
    {
        string? certificate = Pem(user.ClientCertificateData, user.ClientCertificate, user.Origin, "client-certificate", out string? certificatePath);
        string? key = Pem(user.ClientKeyData, user.ClientKey, user.Origin, "client-key", out string? keyPath);
        if (certificate is null && key is null) return null;
        if (certificate is null || key is null) throw new FormatException($"{user.Origin}: client-certificate and client-key are needed together.");
        IReadOnlyList<string> paths = certificatePath is not null && keyPath is not null ? [certificatePath, keyPath] : [];
        return ClientCertificateSource.FromPem(certificate, key, paths, time, log) ?? throw new FormatException($"{user.Origin}: client-certificate and client-key do not make a pair.");
    }

    private static TokenSource? Token(KubeconfigUser user, TimeProvider time, KubeLog? log)
    {
        if (user.TokenFile is not null) return new TokenSource(user.TokenFile, time, user.Token, log);
        return user.Token is null ? null : TokenSource.Fixed(user.Token);
    }

    /// <summary>Inline data beats the file of the same name.</summary>
    private static string? Pem(string? data, string? file, string origin, string key, out string? path)
    {
        path = null;
        if (data is not null)
        {
            var bytes = new byte[data.Length];
            return Convert.TryFromBase64String(data, bytes, out int length)
                ? Encoding.UTF8.GetString(bytes, 0, length)
                : throw new FormatException($"{origin}: {key}-data is not base64.");
        }

        path = file;
        return file is null ? null : CredentialFile.TryRead(file, out string? problem) ?? throw new FormatException($"{origin}: {key}: {problem}");
    }
}
