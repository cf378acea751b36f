// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography.X509Certificates;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class TlsTests : IDisposable
{
    private readonly Certificates _authority = new();

    [Fact]
    public async Task GetAsync_TrustedAuthorityAndAddress_SpeaksHttp2()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(AnswerAsync, _authority.Issue(null).Certificate);

        KubeResult<Widget> result = await GetAsync(new ClusterAccess { Server = server.Url, Trust = Trust(_authority) });

        result.Error?.Message.ShouldBeNull();
        server.Requests.Single().Protocol.ShouldBe("HTTP/2");
    }

    [Fact]
    public async Task GetAsync_OtherAuthority_IsUnreachable()
    {
        using var other = new Certificates();
        await using FakeApiServer server = await FakeApiServer.StartAsync(AnswerAsync, _authority.Issue(null).Certificate);

        KubeResult<Widget> result = await GetAsync(new ClusterAccess { Server = server.Url, Trust = Trust(other) });

        result.Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task GetAsync_TrustedAuthorityButOtherName_IsUnreachable()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(AnswerAsync, _authority.Issue("somewhere.example.org").Certificate);

        KubeResult<Widget> result = await GetAsync(new ClusterAccess { Server = server.Url, Trust = Trust(_authority) });

        result.Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task GetAsync_TlsServerName_IsSentAndChecked()
    {
        string? seenName = null;
        await using FakeApiServer server = await FakeApiServer.StartAsync(AnswerAsync, _authority.Issue("inner.example.org").Certificate, name => seenName = name);

        KubeResult<Widget> good = await GetAsync(new ClusterAccess { Server = server.Url, Trust = Trust(_authority), TlsServerName = "inner.example.org" });
        string? goodName = seenName;
        KubeResult<Widget> bad = await GetAsync(new ClusterAccess { Server = server.Url, Trust = Trust(_authority), TlsServerName = "other.example.org" });

        good.IsSuccess.ShouldBeTrue();
        goodName.ShouldBe("inner.example.org");
        bad.Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
    }

    [Fact]
    public async Task GetAsync_InsecureSkipTlsVerify_AcceptsAnything()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(AnswerAsync, _authority.Issue("somewhere.example.org").Certificate);

        (await GetAsync(new ClusterAccess { Server = server.Url, InsecureSkipTlsVerify = true })).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task GetAsync_ClientCertificate_IsPresented()
    {
        string? thumbprint = null;
        (X509Certificate2 mine, string certificate, string key) = _authority.Issue("client.example.org");
        await using FakeApiServer server = await FakeApiServer.StartAsync(
            context =>
            {
                thumbprint = context.Connection.ClientCertificate?.Thumbprint;
                return AnswerAsync(context);
            },
            _authority.Issue(null).Certificate);
        var source = ClientCertificateSource.FromPem(certificate, key, [], TimeProvider.System);

        KubeResult<Widget> result = await GetAsync(new ClusterAccess { Server = server.Url, Trust = Trust(_authority), ClientCertificate = source });

        result.IsSuccess.ShouldBeTrue();
        thumbprint.ShouldBe(mine.Thumbprint);
    }

    [Fact]
    public void FromPem_KeyOfAnotherCertificate_IsRefused() =>
        ClientCertificateSource.FromPem(_authority.Issue(null).CertificatePem, _authority.Issue(null).KeyPem, [], TimeProvider.System).ShouldBeNull();

    public void Dispose() => _authority.Dispose();

    private static TrustSource Trust(Certificates authority) => TrustSource.FromPem(authority.Pem, null, TimeProvider.System)!;

    private static Task AnswerAsync(HttpContext context) => context.JsonAsync("""{"metadata":{"name":"a"}}""");

    private static async Task<KubeResult<Widget>> GetAsync(ClusterAccess access)
    {
        using KubernetesClient client = KubernetesClientFactory.Create(access, TimeProvider.System);
        return await client.GetAsync(Widget.Type, null, "a", CancellationToken.None);
    }
}
