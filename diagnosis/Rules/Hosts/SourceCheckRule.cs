// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>
/// Signal: between two machines on one wire, test datagrams with the sender's own source address arrive, those with another one leave and do not.
/// Threshold: three of each kind, most of the one and none of the other, as captures at both ends counted them.
/// Traps: not needed where inner packets stay inside of tunnels; silent while nobody tested.
/// </summary>
internal sealed class SourceCheckRule : IRule
{
    private const int Enough = 3;

    public RuleDescriptor Descriptor { get; } = new("WG-CLOUD-SRC-DST-CHECK", Layer.Platform, Severity.Critical, "The cloud drops packets with foreign addresses")
    {
        Precedence = Rules.Precedence.Beyond + 3,
        Reach = Reach.Node,
        Explanation = "Clouds let an instance send and receive under its own addresses only, unless it is declared a router (source/destination check, IP forwarding, port security). The "
            + "tunnel itself uses such addresses and works; what the gateway forwards after decryption is dropped without a word.",
        FalsifiedBy = "A capture on the target shows the forwarded packets, or the instance's attribute lets it forward.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var node in mesh.Nodes.Where(node => Safe.List(node.Facts.FabricTests).Count > 0))
        {
            if (node.Devices.FirstOrDefault(device => device.Namespace.IsHost) is not { } device) continue;
            foreach (var way in Safe.List(node.Facts.FabricTests).Where(test => test.Sent >= Enough).GroupBy(test => (test.Link, test.To)))
            {
                var own = way.Where(test => Outer.Has(node, test.Source)).ToList();
                var foreign = way.Where(test => !Outer.Has(node, test.Source)).ToList();
                if (own.Exists(test => test.Arrived * 2 > test.Sent) && foreign.Count > 0 && foreign.TrueForAll(test => test.Arrived == 0)) yield return Build(device, own, foreign);
            }
        }
    }

    private RuleFinding Build(DeviceView device, List<FabricTestFact> own, List<FabricTestFact> foreign)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"What {device.Node.Name} forwards by {DisplayText.Name(foreign[0].Link)} to {foreign[0].To} leaves and does not arrive; what it sends under its own address does.",
            Confidence = Clouds.NameOf(device.Node) is null ? 0.8 : 0.93,
            Family = foreign[0].To.Family,
        };
        foreach (var test in own.Concat(foreign).Take(8)) draft.Evidence(device, $"test datagrams from {test.Source} to {test.To}", $"{test.Arrived} of {test.Sent} arrived", "all", "probe");
        if (Clouds.NameOf(device.Node) is { } cloud) draft.Evidence(device, "platform", cloud, null, "dmi");
        return draft.Build();
    }
}
