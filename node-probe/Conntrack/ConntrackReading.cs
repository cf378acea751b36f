// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>The readers of connection tracking as entries of <see cref="NamespaceReaders"/>.</summary>
internal static class ConntrackReading
{
    /// <summary>How full the table is and what was lost.</summary>
    public const string Name = "conntrack";

    /// <summary>The pass over the table.</summary>
    public const string FlowsName = "conntrack-flows";

    public static void Read(NamespaceReading reading) => reading.Facts = reading.Facts with
    {
        Conntrack = reading.Run(
            FactSources.Conntrack, deadline => ConntrackReader.Read(reading.Environment.ProcRoot, reading.Environment.Netlink, deadline)),
    };

    public static void ReadFlows(NamespaceReading reading)
    {
        var facts = reading.Facts;
        var environment = reading.Environment;
        var limits = new ConntrackLimits { Paths = reading.Request.Paths };
        reading.Facts = facts with
        {
            ConntrackFlows = reading.Run(
                FactSources.ConntrackFlows,
                deadline => ConntrackFlowReader.Read(
                    environment.ProcRoot,
                    environment.Netlink,
                    [.. facts.KernelWireGuard.Value ?? [], .. facts.UserspaceWireGuard.Value ?? []],
                    limits,
                    deadline)),
        };
    }
}
