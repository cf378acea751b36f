// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials.Exec;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>Reads one kubeconfig file; keys that it does not know are left alone.</summary>
internal static class KubeconfigParser
{
    /// <summary>Extension of a cluster that is meant for credential plugins (client.authentication.k8s.io Cluster.config).</summary>
    private const string ExecExtension = "client.authentication.k8s.io/exec";

    private static readonly string[] UnsupportedUserKeys =
        ["auth-provider", "username", "password", "as", "as-uid", "as-groups", "as-user-extra"];

    /// <summary>Decodes a file's text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="path">The file: paths in it are relative to its folder.</param>
    public static KubeResult<Kubeconfig> Parse(string text, string path)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            var result = new Kubeconfig();
            result.Files.Add(path);
            if (yaml.Documents.Count == 0) return KubeResult<Kubeconfig>.Ok(result);
            YamlMapping root = YamlMapping.Of(yaml.Documents[0].RootNode, "the file");
            string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
            result.CurrentContext = root.Text("current-context");
            Read(root, "clusters", "cluster", result.Clusters, body => ReadCluster(body, directory, path));
            Read(root, "users", "user", result.Users, body => ReadUser(body, directory, path));
            Read(root, "contexts", "context", result.Contexts, body => ReadContext(body, path));
            return KubeResult<Kubeconfig>.Ok(result);
        }
        catch (Exception e) when (e is YamlException or FormatException)
        {
            // YamlException quotes no values, only positions and token kinds.
            return new KubeError(KubeErrorKind.Configuration, $"{path} is not a kubeconfig: {e.Message}");
        }
    }

    private static void Read<T>(YamlMapping root, string listKey, string bodyKey, Dictionary<string, T> into, Func<YamlMapping, T> read)
    {
        foreach (YamlMapping entry in root.Sequence(listKey))
        {
            string name = entry.Text("name") ?? throw new FormatException($"an entry of {listKey} has no name.");
            if (!into.TryAdd(name, ReadNamed(listKey, name, () => read(entry.Mapping(bodyKey))))) throw new FormatException($"{listKey} has two entries of one name.");
        }
    }

    private static T ReadNamed<T>(string listKey, string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw new FormatException($"{listKey}, {name}: {e.Message}", e);
        }
    }

    private static KubeconfigCluster ReadCluster(YamlMapping body, string directory, string path) => new()
    {
        Server = body.Text("server"),
        TlsServerName = body.Text("tls-server-name"),
        InsecureSkipTlsVerify = body.Flag("insecure-skip-tls-verify"),
        CertificateAuthority = Resolve(body.Text("certificate-authority"), directory),
        CertificateAuthorityData = body.Text("certificate-authority-data"),
        ProxyUrl = body.Text("proxy-url"),
        ExecConfig = body.Sequence("extensions").FirstOrDefault(entry => entry.Text("name") == ExecExtension)?.Json("extension"),
        Origin = path,
    };

    private static KubeconfigUser ReadUser(YamlMapping body, string directory, string path) => new()
    {
        Token = body.Text("token"),
        TokenFile = Resolve(body.Text("tokenFile"), directory),
        ClientCertificate = Resolve(body.Text("client-certificate"), directory),
        ClientCertificateData = body.Text("client-certificate-data"),
        ClientKey = Resolve(body.Text("client-key"), directory),
        ClientKeyData = body.Text("client-key-data"),
        Exec = body.Has("exec") ? ExecConfigReader.Read(body.Mapping("exec"), directory) : null,
        Origin = path,
        Unsupported = [.. UnsupportedUserKeys.Where(body.Has)],
    };

    private static KubeconfigContext ReadContext(YamlMapping body, string path) => new()
    {
        Cluster = body.Text("cluster"),
        User = body.Text("user"),
        Namespace = body.Text("namespace"),
        Origin = path,
    };

    private static string? Resolve(string? path, string directory) => path is null ? null : Path.GetFullPath(Path.Combine(directory, path));
}
