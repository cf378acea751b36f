// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials;
using KubeWgDiag.Kube.Credentials.Exec;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Credentials.Exec;

public sealed class ExecConfigTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kube-exec");

    [Fact]
    public void Parse_WholeSection_IsRead()
    {
        string file = Recording.Fixture("kubeconfig", "exec.yaml");

        Kubeconfig config = KubeconfigParser.Parse(File.ReadAllText(file), file).Value!;

        ExecConfig exec = config.Users["u"].Exec!;
        exec.ApiVersion.ShouldBe(ExecConfig.V1);
        exec.Command.ShouldBe(Path.Combine(Path.GetDirectoryName(file)!, "bin", "get token"));
        exec.Arguments.ShouldBe(["--cluster", "a b", ""]);
        exec.Environment.ShouldBe([("ONE", "1"), ("EMPTY", "")]);
        (exec.InteractiveMode, exec.ProvideClusterInfo, exec.InstallHint).ShouldBe((ExecInteractiveMode.Never, true, "get it"));
        JsonNode.DeepEquals(
            JsonNode.Parse(config.Clusters["c"].ExecConfig!),
            JsonNode.Parse("""{"audience":"7","depth":3,"list":[1.5,null,"yes-text",true]}""")).ShouldBeTrue(config.Clusters["c"].ExecConfig);
    }

    [Theory]
    [InlineData("command: x", "exec.apiVersion")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1alpha1, command: x, interactiveMode: Never", "exec.apiVersion")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never", "exec.command")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x", "exec.interactiveMode")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Sometimes", "exec.interactiveMode")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never, args: one", "args")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never, args: [[one]]", "args")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never, env: [{value: a}]", "exec.env")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never, env: [{name: A=B}]", "exec.env")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never, provideClusterInfo: maybe", "provideClusterInfo")]
    public void Load_BrokenSection_NamesFileUserAndField(string section, string field)
    {
        KubeResult<ClusterAccess> result = Load(section, string.Empty);

        result.Error!.Kind.ShouldBe(KubeErrorKind.Configuration);
        result.Error.Message.ShouldContain("config.yaml");
        result.Error.Message.ShouldContain("users, u: ");
        result.Error.Message.ShouldContain(field);
    }

    [Fact]
    public void Load_V1Beta1WithoutMode_MayAskWhenThereIsATerminal() =>
        Load("apiVersion: client.authentication.k8s.io/v1beta1, command: x", string.Empty).Value!.Exec.ShouldNotBeNull();

    [Fact]
    public void Load_ExecBesideAToken_IsRefused()
    {
        KubeResult<ClusterAccess> result = Load("apiVersion: client.authentication.k8s.io/v1beta1, command: x", "token: t");

        result.Error!.Message.ShouldContain("config.yaml");
        result.Error.Message.ShouldContain("exec");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private KubeResult<ClusterAccess> Load(string section, string more)
    {
        string file = Path.Combine(_folder.FullName, "config.yaml");
        File.WriteAllText(file, $$"""
            current-context: main
            clusters: [{ name: c, cluster: { server: "https://api.example.org" } }]
            users: [{ name: u, user: { exec: { {{section}} }, {{more}} } }]
            contexts: [{ name: main, context: { cluster: c, user: u } }]
            """);
        return KubeconfigCredentials.Load(file, _ => null, TimeProvider.System);
    }
}
