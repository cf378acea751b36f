// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Conntrack;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>How broken a flow looks: what is kept when not all can be.</summary>
internal static class FlowScore
{
    /// <summary>Scores are below this.</summary>
    public const int Levels = 6;

    public static int Of(ref readonly CtEntry entry)
    {
        var nat = entry.Nat != ConntrackNat.None;
        // Nothing came back: the packet, or its answer, was lost. With translation it was most likely sent the wrong way.
        if (entry.IsUnreplied) return nat ? 5 : 4;
        if (entry.Original.Protocol == CtState.Tcp)
        {
            // A handshake that stopped half way, or both sides beginning at once: the two directions take different ways.
            if (entry.State is CtState.TcpSynSent or CtState.TcpSynReceived or CtState.TcpSynSent2) return 3;
            // An established flow that is not assured was picked up in the middle: packets of it are easily INVALID. A reset ends in CLOSE.
            var assured = (entry.Status & (uint)ConntrackStatus.Assured) != 0;
            if (entry.State == CtState.TcpClose || (entry.State == CtState.TcpEstablished && !assured)) return 2;
        }

        return nat ? 1 : 0;
    }
}
