// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Tests.Commands;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("'chek'", "chek")]
    [InlineData("'--bad'", "check", "--bad")]
    [InlineData("'--bad'", "run", "--bad")]
    [InlineData("command", "")]
    [InlineData("'yaml'", "check", "-o", "yaml")]
    [InlineData("0 to 120", "check", "--observe", "121")]
    [InlineData("0 to 120", "check", "--observe", "-1")]
    [InlineData("0 to 120", "facts", "--observe", "1.5")]
    [InlineData("bad interface glob", "check", "--interface", "wg 0")]
    [InlineData("bad interface glob", "check", "--interface", "wg*", "--interface", "[")]
    [InlineData("--netns /nowhere: no such file", "check", "--netns", "/nowhere")]
    [InlineData("--netns /tmp: is a directory", "facts", "--netns", "/tmp")]
    [InlineData("no such directory", "check", "--uapi-dir", "/nowhere")]
    [InlineData("/nowhere.json: no such file", "analyze", "/nowhere.json")]
    [InlineData("/tmp: is a directory", "analyze", "/tmp")]
    [InlineData("no reader 'link'; there are links, ", "facts", "--only", "routes,link")]
    [InlineData("no reader ''; there are links, ", "facts", "--only", "links,")]
    [InlineData("'--only=links'", "check", "--only=links")] // what was not read would look healthy
    [InlineData("not FROM,TO,icmp", "facts", "--path", "10.0.0.1,10.0.0.2")]
    [InlineData("not FROM,TO,icmp", "facts", "--path", "10.0.0.1,fd00::2,icmp")]
    [InlineData("not FROM,TO,icmp", "facts", "--path", "10.0.0.1,10.0.0.2,tcp")]
    [InlineData("not FROM,TO,icmp", "facts", "--path", "10.0.0.1,10.0.0.2,icmp,80")]
    [InlineData("not FROM,TO,icmp", "facts", "--path", "10.0.0.1,10.0.0.2,udp,0")]
    [InlineData("file", "analyze")]
    [InlineData("NODE_NAME", "run")]
    public async Task RunAsync_BadInput_IsOneClearLineAndTwo(string said, params string[] args)
    {
        var host = new TestHost();
        (await host.RunAsync([.. args.Where(a => a.Length > 0)])).ShouldBe(2);
        host.Error.ShouldStartWith("kubewgdiag-probe: ");
        host.Error.ShouldContain(said);
        host.Error.ShouldEndWith("\n");
        host.Error.Count(c => c == '\n').ShouldBe(1);
        host.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_NoCredentials_IsOneClearLineAndTwo()
    {
        var host = new TestHost();
        host.Environment["NODE_NAME"] = "node-a";
        host.Environment["DIAGNOSIS_UID"] = "uid";
        (await host.RunAsync("run")).ShouldBe(2);
        host.Error.ShouldBe("kubewgdiag-probe: not in a cluster\n");
    }

    [Fact]
    public async Task RunAsync_Version_SaysNameAndVersion()
    {
        var host = new TestHost();
        (await host.RunAsync("--version")).ShouldBe(0);
        host.Out.ShouldBe("kubewgdiag-probe 1.2.3\n");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("check", "--help")]
    public async Task RunAsync_Help_IsNoFault(params string[] args)
    {
        var host = new TestHost();
        (await host.RunAsync(args)).ShouldBe(0);
        host.Out.ShouldContain("Usage:");
    }
}
