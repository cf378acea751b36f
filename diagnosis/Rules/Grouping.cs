// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>One pair in which the holder's entry for the other device is wrong or not there.</summary>
/// <param name="Holder">Whose configuration is wrong.</param>
/// <param name="About">The device that the configuration is about.</param>
/// <param name="Data">What the rule knows of the pair.</param>
internal sealed record Pair<T>(DeviceView Holder, DeviceView About, T Data);

/// <summary>Pairs with one cause.</summary>
/// <param name="Culprit">The device at which to look for the cause.</param>
/// <param name="ByAll">True when all others are wrong about the culprit: what it published is the cause, not they.</param>
internal sealed record PairGroup<T>(DeviceView Culprit, bool ByAll, IReadOnlyList<Pair<T>> Pairs);

/// <summary>
/// Finds the common node of many wrong pairs. When two or more nodes are wrong about one node and no node is right about it, that one node
/// changed; otherwise each holder answers for its own entries.
/// </summary>
internal static class Grouping
{
    public static IEnumerable<PairGroup<T>> ByCulprit<T>(IEnumerable<Pair<T>> pairs)
    {
        var all = pairs.ToList();
        var grouped = new HashSet<DeviceView>();
        foreach (var about in all.GroupBy(pair => pair.About))
        {
            var holders = about.Select(pair => pair.Holder).Distinct().ToHashSet();
            var counterparts = about.Key.Peers.Where(peer => peer.Reverse is not { IsCounted: true }).Select(peer => peer.Remote)
                .Concat(about.Key.HeldBy.Where(entry => !entry.IsCounted).Select(entry => (DeviceView?)entry.Device))
                .Where(device => device is not null).Distinct();
            if (holders.Count < 2 || !counterparts.All(device => holders.Contains(device!))) continue;
            grouped.Add(about.Key);
            yield return new PairGroup<T>(about.Key, true, [.. about]);
        }

        foreach (var holder in all.Where(pair => !grouped.Contains(pair.About)).GroupBy(pair => pair.Holder))
            yield return new PairGroup<T>(holder.Key, false, [.. holder]);
    }
}
