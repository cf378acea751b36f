// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace KubeWgDiag.Scale.Cluster;

/// <summary>Asks the embedded server who asked it for what; a path that no Kubernetes server has.</summary>
internal sealed class StatisticsClient : IDisposable
{
    private const string Path = "/debug/statistics";
    private readonly HttpClient _http;

    /// <summary>Reads address, authority and token from the kubeconfig that the server wrote.</summary>
    public StatisticsClient(string kubeconfig)
    {
        var fields = File.ReadLines(kubeconfig)
            .Select(line => line.Split(": ", 2))
            .Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0].Trim())
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim(), StringComparer.Ordinal);
        var authority = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(fields["certificate-authority-data"])));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
        _http = new HttpClient(handler) { BaseAddress = new Uri(fields["server"]) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", fields["token"]);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("scale-statistics");
    }

    /// <summary>What was counted since its start.</summary>
    public async Task<ServerStatistics> ReadAsync(CancellationToken ct) =>
        JsonSerializer.Deserialize(await _http.GetByteArrayAsync(new Uri(Path, UriKind.Relative), ct), ServerJson.Default.ServerStatistics)
        ?? throw new ScaleException("the server has no statistics");

    public void Dispose() => _http.Dispose();
}
