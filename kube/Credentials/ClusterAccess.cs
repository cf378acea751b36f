// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using KubeWgDiag.Kube.Credentials.Exec;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>Where the API server is and how to prove who we are. A class, so that nothing prints its parts by accident.</summary>
public sealed class ClusterAccess
{
    public required Uri Server { get; init; }

    /// <summary>Name for SNI and for the check of the certificate; null = the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The certificate is not checked at all; only a person can ask for that, in a kubeconfig.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>Replaces the system's roots; null = the system's.</summary>
    public TrustSource? Trust { get; init; }

    public ClientCertificateSource? ClientCertificate { get; init; }

    public TokenSource? Token { get; init; }

    /// <summary>A plugin gives token or certificate; then <see cref="Token"/> and <see cref="ClientCertificate"/> are null.</summary>
    public ExecCredentialSource? Exec { get; init; }

    public string DefaultNamespace { get; init; } = "default";

    /// <summary>What a new connection presents.</summary>
    internal SslStreamCertificateContext? CurrentCertificate() => ClientCertificate?.Current() ?? Exec?.CurrentCertificate;
}
