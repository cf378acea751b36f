// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.Informers.Trim;

/// <summary>What <see cref="NodeTrim"/> keeps of a node's part in the network: its IP addresses, its pod ranges, and some annotations.</summary>
/// <param name="Annotations">Keys of the annotations.</param>
/// <param name="ValueLimit">Longest value, in characters; a longer one goes.</param>
public sealed record NodeNetwork(IReadOnlySet<string> Annotations, int ValueLimit)
{
    internal IReadOnlyDictionary<string, string>? Keep(IReadOnlyDictionary<string, string>? all, StringPool pool)
    {
        if (all is null) return null;
        SortedList<string, string>? kept = null;
        foreach ((string key, string value) in all)
        {
            if (value is null || value.Length > ValueLimit || !Annotations.Contains(key)) continue;
            kept ??= new SortedList<string, string>(StringComparer.Ordinal);
            kept[pool.Share(key)!] = value;
        }

        return kept;
    }

    internal static IReadOnlyList<NodeAddress> Keep(IReadOnlyList<NodeAddress> addresses, StringPool pool)
    {
        var kept = new List<NodeAddress>(2);
        foreach (NodeAddress? address in addresses)
            if (address is { Type: "InternalIP" or "ExternalIP", Address.Length: <= 64 }) kept.Add(new NodeAddress { Type = pool.Share(address.Type), Address = address.Address });
        return kept;
    }
}
