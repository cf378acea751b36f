// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Hosting;

namespace KubeWgDiag.Operator.Tests.Configuration;

public sealed class HostingOptionsTests
{
    private readonly HostingOptions _hosting = new();
    private readonly Command _command = new("run");

    public HostingOptionsTests() => _hosting.AddTo(_command);

    [Fact]
    public void Read_Given_IsTaken()
    {
        var options = Read("--leader-elect", "--lease-seconds", "4", "--identity", "pod-1", "--otlp-endpoint", "http://collector:4317");

        (options.LeaderElect, options.LeaseDuration, options.Identity, options.OtlpEndpoint)
            .ShouldBe((true, TimeSpan.FromSeconds(4), "pod-1", new Uri("http://collector:4317")));
    }

    [Fact]
    public void Read_Nothing_WorksAloneUnderTheHostsName()
    {
        var options = Read();

        options.LeaderElect.ShouldBeFalse();
        options.LeaseDuration.ShouldBe(TimeSpan.FromSeconds(15));
        options.Identity.ShouldBe(Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } pod ? pod : Environment.MachineName);
    }

    [Theory]
    [InlineData("--lease-seconds", "2")]
    [InlineData("--lease-seconds", "301")]
    [InlineData("--identity", "")]
    [InlineData("--identity", "a\nb")]
    [InlineData("--otlp-endpoint", "collector:4317")]
    [InlineData("--otlp-endpoint", "ftp://collector")]
    public void Parse_WrongWord_NamesTheOption(string option, string value) =>
        _command.Parse([option, value]).Errors.ShouldHaveSingleItem().Message.ShouldStartWith(option);

    [Fact]
    public void LeaseName_OperatorsOfDifferentClasses_DoNotShareALease()
    {
        string[] names = [Election.LeaseName(null), Election.LeaseName("a"), Election.LeaseName("A"), Election.LeaseName(new string('_', 63))];

        names.Distinct().Count().ShouldBe(4);
        names.ShouldAllBe(name => LabelSyntax.IsDnsSubdomain(name));
    }

    private OperatorOptions Read(params string[] words) =>
        _hosting.Read(_command.Parse(words), new() { Namespace = "ns", ProbeSettingsFile = "", Listen = new Uri("http://127.0.0.1") });
}
