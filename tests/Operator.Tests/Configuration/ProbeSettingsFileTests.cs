// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Tests.Configuration;

public sealed class ProbeSettingsFileTests
{
    [Fact]
    public void Parse_ImageOnly_GivesDefaults()
    {
        var result = Parse("""{ "image": "registry.example/probe:1" }""");

        result.Faults.ShouldBeEmpty();
        var settings = result.Settings.ShouldNotBeNull();
        settings.ImagePullPolicy.ShouldBe("IfNotPresent");
        settings.ServiceAccountName.ShouldBe("kubewgdiag-probe");
        settings.Tolerations.ShouldBeNull();
        settings.Privileged.ShouldBeFalse();
        settings.Resources.Limits.ShouldBeEmpty();
        settings.PodLabels.ShouldBeEmpty();
    }

    [Fact]
    public void Parse_EveryField_IsRead()
    {
        var settings = Parse("""
            {
              "image": "registry.example:5000/kubewgdiag/probe@sha256:0123",
              "imagePullPolicy": "Always",
              "imagePullSecrets": ["pull"],
              "serviceAccountName": "sa",
              "priorityClassName": "system-node-critical",
              "resources": { "requests": { "cpu": "20m", "memory": "64Mi" }, "limits": { "memory": "128Mi" } },
              "tolerations": [ { "key": "node", "operator": "Equal", "value": "a", "effect": "NoSchedule" } ],
              "privileged": true,
              "podLabels": { "team": "net" },
              "podAnnotations": { "example.org/why": "because we say so" }
            }
            """).Settings.ShouldNotBeNull();

        settings.ImagePullSecrets.ShouldBe(["pull"]);
        settings.PriorityClassName.ShouldBe("system-node-critical");
        settings.Resources.Requests["cpu"].ShouldBe("20m");
        settings.Tolerations.ShouldHaveSingleItem().Key.ShouldBe("node");
        settings.Privileged.ShouldBeTrue();
        settings.PodAnnotations["example.org/why"].ShouldBe("because we say so");
    }

    [Fact]
    public void Parse_ManyFaults_NamesAllAtOnce()
    {
        var result = Parse("""
            {
              "image": "has space",
              "imagePullPolicy": "Sometimes",
              "serviceAccountName": "-bad",
              "priorityClassName": "Bad",
              "imagePullSecrets": ["ok", "not ok"],
              "resources": { "requests": { "cpu": "lots" }, "limit": {} },
              "tolerations": [ { "operator": "Equal" } ],
              "podLabels": { "kubewgdiag.io/diagnosis-uid": "x" },
              "podAnnotations": { "no key": "x" },
              "imagePulPolicy": "Always"
            }
            """);

        result.Settings.ShouldBeNull();
        result.Faults.Select(fault => fault.Split(':')[0]).ShouldBe(
            [
                "image", "imagePullPolicy", "serviceAccountName", "priorityClassName", "imagePullSecrets[1]", "resources.requests.cpu",
                "podLabels", "podAnnotations", "tolerations[0]", "imagePulPolicy", "resources.limit",
            ]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ \"image\": 1 }")]
    [InlineData("{ \"image\": null }")]
    public void Parse_NotTheExpectedJson_IsOneFault(string json) => Parse(json).Faults.Count.ShouldBe(1);

    [Fact]
    public void Read_NoFile_SaysSo() => ProbeSettingsFile.Read("/does/not/exist.json").Faults.ShouldHaveSingleItem().ShouldContain("does not exist");

    [Theory]
    [InlineData("", false)]
    [InlineData("a", true)]
    [InlineData("a/b", true)]
    [InlineData("example.org/Name_1.x", true)]
    [InlineData("Example.org/name", false)]
    [InlineData("/name", false)]
    [InlineData("a/", false)]
    [InlineData("-a", false)]
    [InlineData("a\n", false)]
    public void IsKey_Table(string key, bool expected) => LabelSyntax.IsKey(key).ShouldBe(expected);

    [Fact]
    public void IsKey_LongName_IsRefused()
    {
        LabelSyntax.IsKey(new string('a', 63)).ShouldBeTrue();
        LabelSyntax.IsKey(new string('a', 64)).ShouldBeFalse();
    }

    private static ProbeSettingsResult Parse(string json) => ProbeSettingsFile.Parse(Encoding.UTF8.GetBytes(json));
}
