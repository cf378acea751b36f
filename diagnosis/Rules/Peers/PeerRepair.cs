// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;

namespace KubeWgDiag.Diagnosis.Rules.Peers;

/// <summary>Gives a holder the entry it lacks.</summary>
internal static class PeerRepair
{
    /// <summary>The old entry goes first: a prefix belongs to one peer, and removing a peer later would take it away again.</summary>
    public static IEnumerable<Remediation?> Commands(Pair<AbsentPeer> pair)
    {
        var commands = new NodeCommands(pair.Holder);
        if (PeerRecipe.For(pair.Holder, pair.About, pair.Data.Stale) is not { } recipe || commands.AddPeer(recipe) is not { } add) yield break;
        if (pair.Data.Stale is { } stale) yield return commands.RemovePeer(stale);
        yield return add;
    }
}
