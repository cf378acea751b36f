// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>What the kubelet gives to every pod: address in the environment, token and authority in files.</summary>
public static class InClusterCredentials
{
    /// <summary>Where the kubelet puts the files.</summary>
    public const string Directory = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    /// <summary>Reads the environment and the authority; the token is read when it is first needed.</summary>
    /// <param name="environment">Value of a variable; null = not set.</param>
    /// <param name="directory">Folder of the files.</param>
    /// <param name="time">Clock of re-reads.</param>
    /// <param name="log">Told when a file cannot be used any more.</param>
    public static KubeResult<ClusterAccess> Load(Func<string, string?> environment, string directory, TimeProvider time, KubeLog? log = null)
    {
        string? host = environment(HostVariable);
        string? port = environment(PortVariable);
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
            return new KubeError(KubeErrorKind.NotInCluster, $"Not in a cluster: {HostVariable} and {PortVariable} are not both set.");
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
            return Broken($"{PortVariable} is not a port.");
        string bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        if (!Uri.TryCreate($"https://{bracketed}:{number}/", UriKind.Absolute, out Uri? server)) return Broken($"{HostVariable} is not a host.");

        string authority = Path.Combine(directory, "ca.crt");
        string? pem = CredentialFile.TryRead(authority, out string? problem);
        if (pem is null) return Broken($"The cluster's authority cannot be read: {problem}");
        if (TrustSource.FromPem(pem, authority, time, log) is not { } trust) return Broken($"{authority} holds no certificate.");
        string? @namespace = CredentialFile.TryRead(Path.Combine(directory, "namespace"), out _)?.Trim();
        return KubeResult<ClusterAccess>.Ok(new ClusterAccess
        {
            Server = server,
            Trust = trust,
            Token = new TokenSource(Path.Combine(directory, "token"), time, log: log),
            DefaultNamespace = string.IsNullOrEmpty(@namespace) ? "default" : @namespace,
        });
    }

    private static KubeError Broken(string message) => new(KubeErrorKind.Configuration, message);
}
