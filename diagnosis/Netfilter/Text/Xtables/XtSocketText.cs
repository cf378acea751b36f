// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Matches that ask for the packet's socket or its owner.</summary>
internal static class XtSocketText
{
    public static bool Append(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtSocket socket:
                text.Append(" -m socket").Flag(socket.Transparent, "--transparent").Flag(socket.NoWildcard, "--nowildcard").Flag(socket.RestoreMark, "--restore-skmark");
                return true;
            case XtOwner owner:
                text.Append(" -m owner");
                if (owner.SocketExists is { } exists) text.Option("--socket-exists", !exists);
                Ids(text, "--uid-owner", owner.Uid);
                Ids(text, "--gid-owner", owner.Gid);
                text.Flag(owner.SupplementaryGroups, "--suppl-groups");
                return true;
            case XtCgroup cgroup:
                text.Append(" -m cgroup").Option(cgroup.Path is null ? "--cgroup" : "--path", cgroup.Inverted);
                if (cgroup.Path is { } path) text.Quoted(path);
                else text.Number(cgroup.ClassId ?? 0);
                return true;
            default:
                return false;
        }
    }

    private static void Ids(StringBuilder text, string name, XtRange? ids)
    {
        if (ids is null) return;
        text.Option(name, ids.Inverted).Number(ids.From);
        if (ids.From != ids.To) text.Append('-').Append(ids.To);
    }
}
