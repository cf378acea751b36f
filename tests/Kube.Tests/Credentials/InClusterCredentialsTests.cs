// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Credentials;

public sealed class InClusterCredentialsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kube-pod");

    public InClusterCredentialsTests()
    {
        File.Copy(Recording.Fixture("kubeconfig", "certs", "ca-one.crt"), In("ca.crt"));
        File.WriteAllText(In("token"), "pod-token\n");
        File.WriteAllText(In("namespace"), "tools\n");
    }

    [Fact]
    public async Task Load_InAPod_HasAddressTokenAndNamespace()
    {
        ClusterAccess access = Load("10.0.0.1", "443").Value!;

        access.Server.ShouldBe(new Uri("https://10.0.0.1:443/"));
        access.DefaultNamespace.ShouldBe("tools");
        (await access.Token!.GetAsync(CancellationToken.None)).ShouldBe("pod-token");
        access.Trust.ShouldNotBeNull();
    }

    [Fact]
    public void Load_IPv6Host_IsBracketed() => Load("fd00::1", "6443").Value!.Server.ShouldBe(new Uri("https://[fd00::1]:6443/"));

    [Theory]
    [InlineData(null, "443")]
    [InlineData("10.0.0.1", null)]
    [InlineData("", "")]
    public void Load_VariableMissing_IsNotInCluster(string? host, string? port) => Load(host, port).Error!.Kind.ShouldBe(KubeErrorKind.NotInCluster);

    [Theory]
    [InlineData("10.0.0.1", "https")]
    [InlineData("10.0.0.1", "70000")]
    [InlineData("a b", "443")]
    public void Load_VariableBroken_IsAConfigurationError(string host, string port) => Load(host, port).Error!.Kind.ShouldBe(KubeErrorKind.Configuration);

    [Fact]
    public void Load_AuthorityMissing_IsAConfigurationError()
    {
        File.Delete(In("ca.crt"));

        Load("10.0.0.1", "443").Error!.Kind.ShouldBe(KubeErrorKind.Configuration);
    }

    [Fact]
    public void Policy_AuthorityRotated_IsTakenOverAfterFiveMinutesAndBrokenOnesAreNot()
    {
        var time = new FakeTimeProvider();
        ClusterAccess access = InClusterCredentials.Load(Variables("10.0.0.1", "443"), _folder.FullName, time).Value!;
        File.Copy(Recording.Fixture("kubeconfig", "certs", "ca-two.crt"), In("ca.crt"), overwrite: true);

        access.Trust!.Policy().CustomTrustStore[0].Subject.ShouldBe("CN=ca-one");
        time.Advance(TimeSpan.FromMinutes(5));
        access.Trust.Policy().CustomTrustStore[0].Subject.ShouldBe("CN=ca-two");
        File.WriteAllText(In("ca.crt"), "not a certificate");
        time.Advance(TimeSpan.FromMinutes(5));
        access.Trust.Policy().CustomTrustStore[0].Subject.ShouldBe("CN=ca-two");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Func<string, string?> Variables(string? host, string? port) =>
        name => name switch { "KUBERNETES_SERVICE_HOST" => host, "KUBERNETES_SERVICE_PORT" => port, _ => null };

    private string In(string file) => Path.Combine(_folder.FullName, file);

    private KubeResult<ClusterAccess> Load(string? host, string? port) =>
        InClusterCredentials.Load(Variables(host, port), _folder.FullName, TimeProvider.System);
}
