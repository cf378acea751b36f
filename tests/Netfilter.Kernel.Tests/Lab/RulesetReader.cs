// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netfilter.IpSets;
using KubeWgDiag.NodeProbe.Netfilter.Legacy;
using KubeWgDiag.NodeProbe.Netfilter.NfTables;
using KubeWgDiag.NodeProbe.Netfilter.Xtables;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Lab;

/// <summary>Reads the rule sets of the router back with the probe's own readers.</summary>
internal static class RulesetReader
{
    private const int Netfilter = 12;

    public static NetfilterFact Read(LabNamespace place) => place.Run(() =>
    {
        var deadline = new Deadline(TimeProvider.System, TimeSpan.FromSeconds(30), CancellationToken.None);
        NetlinkConnection.TryOpen(new NetlinkSocketFactory(), Netfilter, secret: false, out var connection).IsOk.ShouldBeTrue();
        using (connection)
        {
            var sets = IpSetReader.Read(connection!, deadline).Value ?? [];
            var decoder = new XtDecoder(sets);
            var nft = new NfTablesReader(decoder).Read(connection!, deadline).Value.ShouldNotBeNull();
            var legacy = LegacyReader.Read(decoder, deadline).Value.ShouldNotBeNull();
            return nft with { Tables = [.. nft.Tables, .. legacy], IpSets = sets };
        }
    });
}
