// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Tests.Configuration;

public sealed class OperatorCommandTests
{
    private static readonly OperatorCommand.CommandLine Right = new("kubewgdiag", "/etc/probe.json", null, "http://127.0.0.1:8080", null);

    [Fact]
    public void OptionsFrom_RightWords_GivesOptions()
    {
        var (options, faults) = OperatorCommand.OptionsFrom(Right with { Class = "e2e-1" });

        faults.ShouldBeEmpty();
        options.ShouldNotBeNull().Class.ShouldBe("e2e-1");
    }

    [Theory]
    [InlineData("a.b", null, "http://127.0.0.1:1", "--namespace")]
    [InlineData("a", "", "http://127.0.0.1:1", "--class")]
    [InlineData("a", "x=y", "http://127.0.0.1:1", "--class")]
    [InlineData("a", null, "https://127.0.0.1:1", "--listen")]
    public void OptionsFrom_WrongWord_NamesIt(string @namespace, string? @class, string listen, string option)
    {
        var (options, faults) = OperatorCommand.OptionsFrom(Right with { Namespace = @namespace, Class = @class, Listen = listen });

        options.ShouldBeNull();
        faults.ShouldHaveSingleItem().ShouldStartWith(option);
    }

    [Fact]
    public void Selector_Class_TakesItsOwnDiagnosesOnly()
    {
        OperatorClass.Selector(null).ShouldBe("!kubewgdiag.io/class");
        OperatorClass.Selector("blue").ShouldBe("kubewgdiag.io/class=blue");
    }
}
