// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>
/// The certificates that the server's chain has to end in, instead of the system's. A bundle in a file is looked at again
/// when a connection is made, so that a rotated authority is known before the old one is gone.
/// </summary>
public sealed class TrustSource
{
    private readonly ReloadingFiles<X509Certificate2Collection> _bundle;

    private TrustSource(ReloadingFiles<X509Certificate2Collection> bundle) => _bundle = bundle;

    /// <summary>From PEM text.</summary>
    /// <param name="pem">One or more certificates.</param>
    /// <param name="path">The file that the text came from; null = it never changes.</param>
    /// <param name="time">Clock of the file's re-reads.</param>
    /// <param name="log">Told when the file cannot be used any more.</param>
    /// <returns>Null when the text holds no certificate.</returns>
    public static TrustSource? FromPem(string pem, string? path, TimeProvider time, KubeLog? log = null)
    {
        if (Decode([pem]) is not { } roots) return null;
        IReadOnlyList<string> paths = path is null ? [] : [path];
        return new TrustSource(new ReloadingFiles<X509Certificate2Collection>(paths, [pem], roots, Decode, time, log));
    }

    /// <summary>The certificates; another object when they have changed.</summary>
    internal X509Certificate2Collection Current() => _bundle.Current();

    /// <summary>The policy for a new connection.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_bundle.Current());
        return policy;
    }

    private static X509Certificate2Collection? Decode(IReadOnlyList<string> pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem[0]);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return certificates.Count > 0 ? certificates : null;
    }
}
