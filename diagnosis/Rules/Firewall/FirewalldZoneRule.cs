// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>firewalld's own table rejects or drops. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class FirewalldZoneRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-FIREWALLD-ZONE", Layer.Firewall, Severity.Error, "firewalld has no zone that lets the tunnel pass")
    {
        Precedence = Rules.Precedence.Receiver + 1,
        Explanation = "firewalld sorts devices into zones; one that is in none belongs to the default zone, and what goes from one zone to another needs a policy. A reload writes its table anew.",
        FalsifiedBy = "firewall-cmd --get-zone-of-interface names a zone that accepts, and the counters of its reject rules stand still.",
    };

    private const string Scope = "running firewalld until reload; repeat with --permanent to keep it";

    protected override IEnumerable<Remediation?> Mend(Blockade blockade)
    {
        var commands = new FilterCommands(blockade.Device);
        if (blockade.Way == BlockedWay.Outer)
        {
            var port = $"--add-port={blockade.Device.Fact.ListenPort.ToString(CultureInfo.InvariantCulture)}/udp";
            return [commands.Line($"firewall-cmd {port}", $"firewall-cmd {port.Replace("add", "remove", StringComparison.Ordinal)}", Scope)];
        }

        var device = commands.Device;
        return
        [
            commands.Line(
                Shell.Line("firewall-cmd --zone=trusted", device is null ? null : $"--add-interface={device}"),
                Shell.Line("firewall-cmd --zone=trusted", device is null ? null : $"--remove-interface={device}"),
                Scope),
        ];
    }
}
