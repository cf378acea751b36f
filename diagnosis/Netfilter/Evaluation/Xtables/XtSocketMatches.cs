// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Matches of the sending socket.</summary>
internal static class XtSocketMatches
{
    public static XtAnswer Answer(EvaluationRun run, XtOwner owner)
    {
        var exists = SocketLoads.HasSocket(run);
        if (exists == Tri.Unknown) return XtAnswer.Unknown("whether a local socket sent it");
        if (exists == Tri.No) return XtAnswer.Of(owner is { Uid: null or { Inverted: true }, Gid: null or { Inverted: true }, SocketExists: null or false });
        if (owner.SocketExists == false) return XtAnswer.No;
        var socket = run.State.Packet.Socket;
        var answer = XtAnswer.Yes;
        if (owner.Uid is { } uid) answer = XtAnswer.Of(socket?.UserId, known => (known >= uid.From && known <= uid.To) != uid.Inverted, "the user of the socket");
        if (owner.Gid is not { } gid) return answer;
        // Other groups of the sender's are nobody's property.
        return answer.And(owner.SupplementaryGroups
            ? XtAnswer.Unknown("the groups of the sender")
            : XtAnswer.Of(socket?.GroupId, known => (known >= gid.From && known <= gid.To) != gid.Inverted, "the group of the socket"));
    }

    public static XtAnswer Answer(EvaluationRun run, XtCgroup cgroup)
    {
        var exists = SocketLoads.HasSocket(run);
        if (exists == Tri.No) return XtAnswer.No;
        if (exists == Tri.Unknown) return XtAnswer.Unknown("whether a local socket sent it");
        var socket = run.State.Packet.Socket;
        if (cgroup.Path is not { } path) return XtAnswer.Of(socket?.CgroupClass, known => (known == cgroup.ClassId) != cgroup.Inverted, "the control group of the socket");
        if (socket?.CgroupPath is not { } own) return XtAnswer.Unknown("the control group of the socket");
        return XtAnswer.Of((Trim(own) + "/").StartsWith(Trim(path) + "/", StringComparison.Ordinal) != cgroup.Inverted);
    }

    private static string Trim(string path) => "/" + path.Trim('/');
}
