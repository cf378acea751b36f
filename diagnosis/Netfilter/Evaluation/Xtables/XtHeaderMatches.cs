// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>What a legacy rule says of the IP header and the devices; the part of every rule, so without allocation.</summary>
internal static class XtHeaderMatches
{
    public static bool Matches(EvaluationRun run, XtHeaderMatch header)
    {
        var answer = header.Protocol is { } protocol ? TriMath.Of((run.State.Protocol == protocol) != header.ProtocolInverted) : Tri.Yes;
        if (answer == Tri.No) return false;
        if (header.Source is { } source) answer = TriMath.And(answer, Address(run.State.Source, source));
        if (answer != Tri.No && header.Destination is { } destination) answer = TriMath.And(answer, Address(run.State.Destination, destination));
        if (answer != Tri.No && header.InputInterface is { } input) answer = TriMath.And(answer, Interface(run.HasInput, run.Input, input));
        if (answer != Tri.No && header.OutputInterface is { } output) answer = TriMath.And(answer, Interface(run.HasOutput, run.Output, output));
        if (answer != Tri.No && header.Fragment is { } fragment) answer = TriMath.And(answer, Fragment(run.State.Packet.Fragment, fragment));
        return answer switch
        {
            Tri.Yes => true,
            Tri.No => false,
            _ => run.Decide(Tri.Unknown, header, Missing(run, header)),
        };
    }

    public static Tri Address(IpAddr? address, XtAddress wanted) => address is { } known
        ? TriMath.Of((known.Family == wanted.Address.Family && (known.Bits & wanted.Mask.Bits) == (wanted.Address.Bits & wanted.Mask.Bits)) != wanted.Inverted)
        : wanted.Mask.Bits == UInt128.Zero ? TriMath.Of(!wanted.Inverted) : Tri.Unknown;

    /// <summary>Where there is no device, its name is empty.</summary>
    public static Tri Interface(bool exists, PacketInterface? device, XtInterface wanted)
    {
        if (wanted is { Name.Length: 0, IsPrefix: true }) return TriMath.Of(!wanted.Inverted);
        var name = exists ? device?.Name : "";
        if (name is null) return Tri.Unknown;
        var same = wanted.IsPrefix ? name.StartsWith(wanted.Name, StringComparison.Ordinal) : name == wanted.Name;
        return TriMath.Of(same != wanted.Inverted);
    }

    private static Tri Fragment(FragmentPart? part, bool wanted) => part is { } known ? TriMath.Of((known == FragmentPart.Later) == wanted) : Tri.Unknown;

    private static string Missing(EvaluationRun run, XtHeaderMatch header)
    {
        if (header.Source is not null && run.State.Source is null) return "the source after a rewrite";
        if (header.Destination is not null && run.State.Destination is null) return "the destination after a rewrite";
        if (header.InputInterface is not null && run.HasInput && run.Input?.Name is null) return "the name of the input device";
        return header.OutputInterface is not null && run.HasOutput && run.Output?.Name is null ? "the name of the output device" : "whether it is a fragment";
    }
}
