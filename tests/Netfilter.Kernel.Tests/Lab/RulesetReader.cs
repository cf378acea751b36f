// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Lab;

/// <summary>Reads the rule sets of the router back with the probe's own readers.</summary>
internal static class RulesetReader
{
    private const int Netfilter = 12;

    public static NetfilterFact Read(LabNamespace place) => place.Run(() =>
        NetfilterReader.Read(new NetlinkSocketFactory(), new Deadline(TimeProvider.System, TimeSpan.FromSeconds(30), CancellationToken.None)).Value.ShouldNotBeNull());
}
