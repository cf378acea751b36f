// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>
/// Signal: forwarding is off although the host's sysctl.d files switch it on, so something switched it off afterwards; or two files say the opposite and the later
/// one, which switches it off, wins.
/// Threshold: only where forwarding that is off is a fault (the rules about forwarding).
/// Traps: namespaces of pods have values of their own, which no file sets; one file that switches it off is a decision, not a reset; without the files nothing is said.
/// </summary>
internal sealed class SysctlResetRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-SYSCTL-RESET", Layer.Platform, Severity.Error, "Something switches forwarding off again")
    {
        Precedence = Rules.Precedence.Receiver,
        Explanation = "The files in sysctl.d are applied in the order of their names and the last one wins, at boot and whenever a package or a service runs `sysctl --system`. What was right "
            + "when the agent started may be wrong later.",
        FalsifiedBy = "An administrator switched forwarding off on purpose.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => ForwardingFindings.Make(Descriptor, mesh, ForwardingFault.All)
        .Concat(ForwardingFindings.Make(Descriptor, mesh, ForwardingFault.Ipv6))
        .Where(off => off.Finding.Severity > Severity.Info)
        .Select(off => Judge(off, off.Family == Net.IpFamily.IPv6 ? ["net.ipv6.conf.all.forwarding"] : ["net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding"]))
        .OfType<RuleFinding>();

    private RuleFinding? Judge(RuleFinding off, string[] names)
    {
        var device = off.Device;
        var settings = Safe.List(device.Node.Facts.Host?.SysctlFiles).Where(setting => names.Contains(setting.Name)).ToList();
        if (settings.Count == 0) return null;
        var last = settings[^1];
        if (last.Value != 0) return Build(off, settings, $"{DisplayText.Name(last.File)} switches it on: something switched it off afterwards.", 0.85);
        var beaten = settings.LastOrDefault(setting => setting.Value != 0);
        return beaten is null ? null : Build(off, settings, $"{DisplayText.Name(last.File)} switches off what {DisplayText.Name(beaten.File)} switches on.", 0.92);
    }

    private RuleFinding Build(RuleFinding off, List<SysctlFileFact> settings, string what, double confidence)
    {
        var device = off.Device;
        var name = DisplayText.Name(settings[^1].Name);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} {name} is 0, but {what}",
            Confidence = confidence,
            Family = off.Family,
        };
        draft.Evidence(device, $"sysctl {name}", "0", "1", "/proc/sys/net");
        foreach (var setting in settings.TakeLast(6)) draft.Evidence(device, $"grep {name} {DisplayText.Name(setting.File)}", $"{setting.Value}", null, "sysctl.d");
        draft.Mend(new NodeCommands(device).Sysctl(settings[^1].Name, 1, 0));
        foreach (var effect in off.Effects) draft.Affects(effect.Tunnel, effect.State);
        return draft.Build();
    }
}
