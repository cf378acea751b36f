// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Agent;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

public sealed class AgentSettingsTests
{
    [Fact]
    public void TryRead_BothSet_AreTaken()
    {
        AgentSettings.TryRead(Environment("node-1.example", "0b5e-77"), out var settings, out _).ShouldBeTrue();
        settings.ShouldBe(new AgentSettings("node-1.example", "0b5e-77"));
    }

    [Theory]
    [InlineData(null, "uid", "NODE_NAME")]
    [InlineData("", "uid", "NODE_NAME")]
    [InlineData("node", null, "DIAGNOSIS_UID")]
    [InlineData("node,spec.x=y", "uid", "NODE_NAME")]
    [InlineData("node", "a=b", "DIAGNOSIS_UID")]
    public void TryRead_MissingOrBad_IsNamed(string? node, string? uid, string named)
    {
        AgentSettings.TryRead(Environment(node, uid), out _, out var problem).ShouldBeFalse();
        problem.ShouldContain(named);
    }

    private static Func<string, string?> Environment(string? node, string? uid) => name => name == "NODE_NAME" ? node : uid;
}
