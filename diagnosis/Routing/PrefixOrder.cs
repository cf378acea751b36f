// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Routing;

/// <summary>Family, then network, then length: a prefix comes right before everything inside it.</summary>
internal sealed class PrefixOrder : IComparer<IpPrefix>
{
    public static readonly PrefixOrder Instance = new();

    public int Compare(IpPrefix x, IpPrefix y)
    {
        var byNetwork = x.Network.CompareTo(y.Network);
        return byNetwork != 0 ? byNetwork : x.Length.CompareTo(y.Length);
    }
}
