// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using KubeWgDiag.Kube.Credentials;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// Makes connections to the API server. TLS is set up here and not by the HTTP handler, because only so the name that is
/// sent and checked can differ from the host of the address (tls-server-name), and trust can change while we run.
/// </summary>
internal sealed class ApiConnector(ClusterAccess access)
{
    /// <summary>Wires a connector into a handler; connects to nothing yet.</summary>
    public static HttpMessageHandler CreateHandler(ClusterAccess access) => new RenewingHandler(access, () => CreateSockets(access));

    private static SocketsHttpHandler CreateSockets(ClusterAccess access) => new()
    {
        ConnectCallback = new ApiConnector(access).ConnectAsync,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        EnableMultipleHttp2Connections = true,
        // Finds dead connections under a silent watch.
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        MaxResponseDrainSize = 2048,
        // A redirect would carry the token to wherever the answer points.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            await socket.ConnectAsync(context.DnsEndPoint, ct);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var plain = new NetworkStream(socket, ownsSocket: true);
        if (access.Server.Scheme != Uri.UriSchemeHttps) return plain;
        var secure = new SslStream(plain);
        try
        {
            await secure.AuthenticateAsClientAsync(TlsOptions(context.DnsEndPoint.Host), ct);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions TlsOptions(string host)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = access.TlsServerName ?? host,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            // The built-in check refuses a wrong name whatever the chain says; no callback may soften that.
            CertificateChainPolicy = access.Trust?.Policy(),
            ClientCertificateContext = access.CurrentCertificate(),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (access.InsecureSkipTlsVerify) Blind(options);
        return options;
    }

    [SuppressMessage("Security", "CA5359:Do not disable certificate validation", Justification = "insecure-skip-tls-verify is what the person wrote")]
    private static void Blind(SslClientAuthenticationOptions options) => options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
}
