// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>One answer of a plugin. Compared by reference; a class, so that nothing prints it.</summary>
internal sealed class ExecCredential(string? token, DateTimeOffset? expires)
{
    public string? Token { get; } = token;

    public DateTimeOffset? Expires { get; } = expires;
}

/// <summary>The certificate of a plugin's answer.</summary>
internal sealed class ExecCertificate
{
    private readonly string _certificate;
    private readonly string _key;

    private ExecCertificate(string certificate, string key, SslStreamCertificateContext context) => (_certificate, _key, Context) = (certificate, key, context);

    public SslStreamCertificateContext Context { get; }

    /// <summary>Null without a problem when the answer has no certificate.</summary>
    public static ExecCertificate? TryCreate(ExecResult result, out string? problem)
    {
        problem = null;
        if (result.Certificate is not { } certificate || result.Key is not { } key) return null;
        if (ClientCertificateSource.Decode([certificate, key]) is { } context) return new ExecCertificate(certificate, key, context);
        problem = "status.clientCertificateData and status.clientKeyData do not make a pair";
        return null;
    }

    public bool IsOf(ExecResult result) => result.Certificate == _certificate && result.Key == _key;
}
