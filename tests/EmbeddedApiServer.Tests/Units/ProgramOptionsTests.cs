// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.EmbeddedApiServer.Hosting;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

public sealed class ProgramOptionsTests
{
    [Fact]
    public void Parse_Behaviours_GoToTheLastNodes()
    {
        ApiServerOptions options = ProgramOptions.Parse(["--nodes", "5", "--simulate-pods", "--behaviour", "NotReady=1", "--behaviour", "crashloop=2", "--watch-window", "77"])!.ToServerOptions();

        options.Nodes.Select(node => node.Simulated!.Value).ShouldBe(
            [NodeBehaviour.Healthy, NodeBehaviour.Healthy, NodeBehaviour.CrashLoop, NodeBehaviour.CrashLoop, NodeBehaviour.NotReady]);
        options.WatchWindow.ShouldBe(77);
    }

    [Fact]
    public void Parse_WithoutSimulation_NodesWaitForARuntime() =>
        ProgramOptions.Parse([])!.ToServerOptions().Nodes.ShouldAllBe(node => node.Simulated == null);

    [Theory]
    [InlineData("--nodes")]
    [InlineData("--nodes", "0")]
    [InlineData("--port", "70000")]
    [InlineData("--behaviour", "Sleepy=1")]
    [InlineData("--unknown", "1")]
    [InlineData("stray")]
    public void Parse_Nonsense_IsRefused(params string[] arguments) => ProgramOptions.Parse(arguments).ShouldBeNull();
}
