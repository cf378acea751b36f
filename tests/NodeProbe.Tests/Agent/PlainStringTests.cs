// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.NodeProbe.Tests.Output;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

public sealed class PlainStringTests
{
    [Fact]
    public void ToJson_NamesThatProcessesAndFilesChose_ArePlainLines()
    {
        var facts = SampleFacts.Node("node-1", SampleFacts.Namespace(SampleFacts.Device())) with { KernelRelease = "6.1\u001b[2J\u202e" };
        var space = facts.Namespaces[0] with
        {
            SysctlTexts = SampleFacts.Read<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>
            {
                ["net.ipv4.ip_local_port_range"] = "32768\t60999",
                ["odd\nname"] = new string('x', 10_000),
            }),
        };
        var json = StatusBuilder.ToJson(facts with { Namespaces = [space] });

        json.GetProperty("kernelRelease").GetString().ShouldBe("6.1 [2J");
        var texts = json.GetProperty("namespaces")[0].GetProperty("sysctlTexts").GetProperty("value");
        texts.GetProperty("net.ipv4.ip_local_port_range").GetString().ShouldBe("32768 60999");
        texts.GetProperty("odd name").GetString()!.Length.ShouldBe(4096);
    }
}
