// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography.X509Certificates;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Credentials;

public sealed class KubeconfigTests
{
    [Fact]
    public async Task Load_Token_IsUsedAsItStands()
    {
        ClusterAccess access = Load("token.yaml");

        access.Server.ShouldBe(new Uri("https://api.example.org:6443"));
        access.DefaultNamespace.ShouldBe("tools");
        (await access.Token!.GetAsync(CancellationToken.None)).ShouldBe("inline-token");
        access.Trust.ShouldBeNull();
    }

    [Fact]
    public async Task Load_TokenFile_IsRelativeToTheConfig() =>
        (await Load("token-file.yaml").Token!.GetAsync(CancellationToken.None)).ShouldBe("token-from-file");

    [Fact]
    public async Task Load_TokenFileAndToken_FallsBackToTheTokenWhileTheFileIsMissing() =>
        (await Load("token-file-and-token.yaml").Token!.GetAsync(CancellationToken.None)).ShouldBe("inline-token");

    [Fact]
    public async Task Load_Json_IsYamlToo()
    {
        ClusterAccess access = Load("token.json");

        access.Server.ShouldBe(new Uri("https://[2001:db8::1]:6443/prefix"));
        access.DefaultNamespace.ShouldBe("default");
        (await access.Token!.GetAsync(CancellationToken.None)).ShouldBe("inline-token");
    }

    [Fact]
    public void Load_AuthorityPath_IsRelativeToTheConfig() => SubjectOf(Load("ca-relative.yaml")).ShouldBe("CN=ca-one");

    [Fact]
    public void Load_InlineAuthority_BeatsTheFile() => SubjectOf(Load("ca-inline-beats-file.yaml")).ShouldBe("CN=ca-two");

    [Fact]
    public void Load_TlsServerName_IsKept() => Load("tls-server-name.yaml").TlsServerName.ShouldBe("inner.example.org");

    [Fact]
    public void Load_Insecure_IsKept() => Load("insecure.yaml").InsecureSkipTlsVerify.ShouldBeTrue();

    [Theory]
    [InlineData("absent.yaml", "absent.yaml")]
    [InlineData("ca-missing-file.yaml", "certificate-authority")]
    [InlineData("ca-not-base64.yaml", "base64")]
    [InlineData("ca-not-a-certificate.yaml", "certificate-authority")]
    [InlineData("insecure-with-ca.yaml", "insecure-skip-tls-verify")]
    [InlineData("insecure-not-a-flag.yaml", "insecure-skip-tls-verify")]
    [InlineData("proxy-url.yaml", "proxy-url")]
    [InlineData("certificate-without-key.yaml", "client-key")]
    [InlineData("auth-provider.yaml", "auth-provider")]
    [InlineData("impersonation.yaml", "as")]
    [InlineData("basic.yaml", "password")]
    [InlineData("server-not-an-address.yaml", "server")]
    [InlineData("no-current-context.yaml", "current-context")]
    [InlineData("context-missing.yaml", "other")]
    [InlineData("user-missing.yaml", "user")]
    [InlineData("names-twice.yaml", "users")]
    [InlineData("broken.yaml", "broken.yaml")]
    [InlineData("not-a-mapping.yaml", "not-a-mapping.yaml")]
    [InlineData("empty.yaml", "current-context")]
    public void Load_WhatCannotBeUsed_IsRefusedWithAMessageThatNamesIt(string file, string named)
    {
        KubeResult<ClusterAccess> result = KubeconfigCredentials.Load(Path(file), _ => null, TimeProvider.System);

        result.Error!.Kind.ShouldBe(KubeErrorKind.Configuration);
        result.Error.Message.ShouldContain(named);
        result.Error.Message.ShouldContain(file);
        result.Error.Message.ShouldNotContain("inline-");
    }

    [Fact]
    public async Task Load_TwoFilesInTheVariable_FirstEntryWinsAsAWholeAndScalarsFirstSet()
    {
        string list = string.Join(System.IO.Path.PathSeparator, Path("absent.yaml"), Path("merge-first.yaml"), Path("other/merge-second.yaml"), Path("merge-first.yaml"));

        ClusterAccess access = KubeconfigCredentials.Load(null, name => name == "KUBECONFIG" ? list : null, TimeProvider.System).Value!;

        // current-context and the user come from the first file, the user without the second file's tokenFile; cluster and
        // context from the second, whose path is relative to its own folder.
        (await access.Token!.GetAsync(CancellationToken.None)).ShouldBe("first-token");
        SubjectOf(access).ShouldBe("CN=ca-two");
    }

    [Fact]
    public void Load_BrokenFileInTheVariable_IsAnErrorAndNotSkipped()
    {
        string list = string.Join(System.IO.Path.PathSeparator, Path("token.yaml"), Path("broken.yaml"));

        KubeconfigCredentials.Load(null, name => name == "KUBECONFIG" ? list : null, TimeProvider.System).Error!.Kind.ShouldBe(KubeErrorKind.Configuration);
    }

    [Fact]
    public void Load_NoVariable_ReadsTheHomeFolder()
    {
        DirectoryInfo home = Directory.CreateTempSubdirectory("kube-home");
        try
        {
            string folder = Directory.CreateDirectory(System.IO.Path.Combine(home.FullName, ".kube")).FullName;
            File.Copy(Path("token.yaml"), System.IO.Path.Combine(folder, "config"));

            KubeconfigCredentials.Load(null, name => name == "HOME" ? home.FullName : null, TimeProvider.System).IsSuccess.ShouldBeTrue();
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public void Load_NothingAnywhere_IsAConfigurationError() =>
        KubeconfigCredentials.Load(null, _ => null, TimeProvider.System).Error!.Kind.ShouldBe(KubeErrorKind.Configuration);

    private static string Path(string file) => Recording.Fixture("kubeconfig", file);

    private static ClusterAccess Load(string file)
    {
        // The variable must not matter when a path is given.
        KubeResult<ClusterAccess> result = KubeconfigCredentials.Load(Path(file), _ => "/nowhere", TimeProvider.System);
        result.Error?.Message.ShouldBeNull();
        return result.Value!;
    }

    private static string SubjectOf(ClusterAccess access) => access.Trust!.Policy().CustomTrustStore.Cast<X509Certificate2>().Single().Subject;
}
