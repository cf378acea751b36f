// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Credentials.Exec;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>One kubeconfig, or the merge of several. Paths are absolute already.</summary>
internal sealed class Kubeconfig
{
    /// <summary>The files that it was read from, in their order.</summary>
    public List<string> Files { get; } = [];

    public string? CurrentContext { get; set; }

    public Dictionary<string, KubeconfigCluster> Clusters { get; } = [];

    public Dictionary<string, KubeconfigUser> Users { get; } = [];

    public Dictionary<string, KubeconfigContext> Contexts { get; } = [];

    /// <summary>
    /// Adds another file: an entry that exists already stays as a whole, fields are not mixed; a scalar that is set stays.
    /// </summary>
    public void Merge(Kubeconfig later)
    {
        Files.AddRange(later.Files);
        if (string.IsNullOrEmpty(CurrentContext)) CurrentContext = later.CurrentContext;
        foreach ((string name, KubeconfigCluster cluster) in later.Clusters) Clusters.TryAdd(name, cluster);
        foreach ((string name, KubeconfigUser user) in later.Users) Users.TryAdd(name, user);
        foreach ((string name, KubeconfigContext context) in later.Contexts) Contexts.TryAdd(name, context);
    }
}

/// <summary>An entry of <c>clusters</c>.</summary>
internal sealed class KubeconfigCluster
{
    public string? Server { get; init; }

    public string? TlsServerName { get; init; }

    public bool InsecureSkipTlsVerify { get; init; }

    public string? CertificateAuthority { get; init; }

    public string? CertificateAuthorityData { get; init; }

    public string? ProxyUrl { get; init; }

    /// <summary>JSON of the extension that is passed on to credential plugins.</summary>
    public string? ExecConfig { get; init; }

    /// <summary>The file that the entry stands in.</summary>
    public required string Origin { get; init; }
}

/// <summary>An entry of <c>users</c>. A class, so that nothing prints its secrets by accident.</summary>
internal sealed class KubeconfigUser
{
    public string? Token { get; init; }

    public string? TokenFile { get; init; }

    public string? ClientCertificate { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKey { get; init; }

    public string? ClientKeyData { get; init; }

    public ExecConfig? Exec { get; init; }

    /// <summary>The file that the entry stands in.</summary>
    public required string Origin { get; init; }

    /// <summary>Keys that ask for something that this client does not do; ignoring one would act as somebody else.</summary>
    public IReadOnlyList<string> Unsupported { get; init; } = [];
}

/// <summary>An entry of <c>contexts</c>.</summary>
internal sealed class KubeconfigContext
{
    public string? Cluster { get; init; }

    public string? User { get; init; }

    public string? Namespace { get; init; }

    /// <summary>The file that the entry stands in.</summary>
    public required string Origin { get; init; }
}
