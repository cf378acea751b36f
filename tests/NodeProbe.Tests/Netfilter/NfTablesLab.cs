// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netfilter;
using KubeWgDiag.NodeProbe.Netfilter.NfTables;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter;

/// <summary>Reads the ruleset of a lab namespace.</summary>
internal static class NfTablesLab
{
    public static Reading<NetfilterFact> Read(LabNamespace lab, NetlinkRecording? recording = null, IXtDecoder? xtables = null) => lab.Run(() =>
    {
        NetlinkSocket.TryOpen(NfTablesTypes.Protocol, out var socket).ShouldBe(0);
        INetlinkTransport transport = recording is null ? socket! : new RecordingTransport(socket!, recording);
        using var connection = new NetlinkConnection(transport);
        return new NfTablesReader(xtables ?? new UnknownXtDecoder()).Read(connection, TestDeadline.Far);
    });

    /// <summary>Loads a ruleset; devices that it names are made by the caller.</summary>
    public static void Load(LabNamespace lab, string path) => lab.Shell($"nft -f '{path}'");

    public static void SkipIfImpossible()
    {
        LabNamespace.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/sbin/nft") || File.Exists("/sbin/nft"), "needs nft");
    }
}
