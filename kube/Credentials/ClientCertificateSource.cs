// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>Our own certificate and key; from files they are looked at again when a connection is made.</summary>
public sealed class ClientCertificateSource
{
    private readonly ReloadingFiles<SslStreamCertificateContext> _files;

    private ClientCertificateSource(ReloadingFiles<SslStreamCertificateContext> files) => _files = files;

    /// <summary>From PEM text.</summary>
    /// <param name="certificate">The certificate, intermediates after it.</param>
    /// <param name="key">Its unencrypted key.</param>
    /// <param name="paths">Files of both, certificate first; empty = they never change.</param>
    /// <param name="time">Clock of the files' re-reads.</param>
    /// <param name="log">Told when the files cannot be used any more.</param>
    /// <returns>Null when the two do not make a pair.</returns>
    public static ClientCertificateSource? FromPem(string certificate, string key, IReadOnlyList<string> paths, TimeProvider time, KubeLog? log = null)
    {
        IReadOnlyList<string> texts = [certificate, key];
        return Decode(texts) is { } context
            ? new ClientCertificateSource(new ReloadingFiles<SslStreamCertificateContext>(paths, texts, context, Decode, time, log))
            : null;
    }

    /// <summary>What a new connection presents.</summary>
    public SslStreamCertificateContext Current() => _files.Current();

    internal static SslStreamCertificateContext? Decode(IReadOnlyList<string> pem)
    {
        try
        {
            var leaf = X509Certificate2.CreateFromPem(pem[0], pem[1]);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem[0]);
            return SslStreamCertificateContext.Create(leaf, chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
