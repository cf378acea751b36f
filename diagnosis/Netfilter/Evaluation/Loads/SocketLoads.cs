// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;

/// <summary>Who sent or will receive the packet, for <c>meta skuid</c> and the like: only packets of this node have a socket.</summary>
internal static class SocketLoads
{
    public static Step Run(EvaluationRun run, MetaLoad load)
    {
        var key = (MetaKey)load.Key;
        var exists = HasSocket(run);
        if (!run.Decide(exists, load, "whether a local socket has it")) return Step.Break;
        var value = key switch { MetaKey.SkUid => run.State.Packet.Socket?.UserId, MetaKey.SkGid => run.State.Packet.Socket?.GroupId, _ => run.State.Packet.Socket?.CgroupClass };
        if (value is { } known) run.Registers.Store32(load.Register, known);
        else run.StoreUnknown(load.Register, 4, new UnknownOrigin(Missing(key), null, load with { Register = 0 }));
        return Step.Continue;
    }

    private static string Missing(MetaKey key) => key switch { MetaKey.SkUid => "the user of the socket", MetaKey.SkGid => "the group of the socket", _ => "the control group of the socket" };

    /// <summary>
    /// On output the caller says it; a forwarded packet has none, and before input only a socket that is connected is found
    /// (early demultiplexing, after prerouting).
    /// </summary>
    public static Tri HasSocket(EvaluationRun run)
    {
        if (run.HasInput && run.Hook is NetfilterHook.Prerouting or NetfilterHook.Forward or NetfilterHook.Postrouting or NetfilterHook.Ingress) return Tri.No;
        if (run.State.Packet.Socket is { } socket) return TriMath.Of(socket.Exists);
        return Tri.Unknown;
    }
}
