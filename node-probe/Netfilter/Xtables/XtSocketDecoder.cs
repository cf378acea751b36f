// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Matches that ask for the packet's socket or its owner.</summary>
internal static class XtSocketDecoder
{
    public static XtSocket? Socket(in XtInfo info, byte revision)
    {
        // Revision 0 has no structure, revision N has N flags.
        if (revision == 0) return info.Is(0) ? new XtSocket() : null;
        if (!info.Is(1) || info[0] >= 1 << revision) return null;
        return new XtSocket((info[0] & 1) != 0, (info[0] & 2) != 0, (info[0] & 4) != 0);
    }

    public static XtOwner? Owner(in XtInfo info)
    {
        if (!info.Is(20) || info[16] > 15) return null;
        var (match, inverted) = (info[16], info[17]);
        return new XtOwner
        {
            Uid = (match & 1) == 0 ? null : info.Range(0, (inverted & 1) != 0),
            Gid = (match & 2) == 0 ? null : info.Range(8, (inverted & 2) != 0),
            SocketExists = (match & 4) == 0 ? null : (inverted & 4) == 0,
            SupplementaryGroups = (match & 8) != 0,
        };
    }

    public static XtCgroup? Cgroup(in XtInfo info, byte revision)
    {
        if (revision == 0) return info.Is(8) && info.U32(4) <= 1 ? new XtCgroup(info.U32(0), null, info.U32(4) == 1) : null;
        if (!info.Is(revision == 1 ? 4112 : 528) || info[0] > 1 || info[1] > 1 || info[2] > 1 || info[3] > 1 || info[0] == info[1]) return null;
        // Revision 2 keeps path and id in one place, revision 1 in two.
        return info[0] == 1
            ? new XtCgroup(null, info.Text(4, revision == 1 ? 4096 : 512), info[2] == 1)
            : new XtCgroup(info.U32(revision == 1 ? 4100 : 4), null, info[3] == 1);
    }
}
