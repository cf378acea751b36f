// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Matches of bridge ports and device groups.</summary>
internal static class XtDeviceMatches
{
    public static XtAnswer Answer(EvaluationRun run, XtPhysdev physdev)
    {
        if (run.State.Packet.BridgeInput is not { } input || run.State.Packet.BridgeOutput is not { } output) return XtAnswer.Unknown("the bridge port");
        var answer = XtAnswer.Yes;
        // Without a bridge port, a device that is not inverted does not match, and an inverted one does.
        if (physdev.In is { } wantedIn) answer = answer.And(Port(input, wantedIn));
        if (physdev.Out is { } wantedOut) answer = answer.And(Port(output, wantedOut));
        if (physdev.IsIn is { } isIn) answer = answer.And(XtAnswer.Of(input.Length > 0 == isIn));
        if (physdev.IsOut is { } isOut) answer = answer.And(XtAnswer.Of(output.Length > 0 == isOut));
        if (physdev.IsBridged is { } bridged) answer = answer.And(XtAnswer.Of((input.Length > 0 && output.Length > 0) == bridged));
        return answer;
    }

    public static XtAnswer Answer(EvaluationRun run, XtDevgroup group)
    {
        var answer = XtAnswer.Yes;
        if (group.Source is { } source) answer = Group(run.Input, source, "the group of the input device");
        if (group.Destination is { } destination) answer = answer.And(Group(run.Output, destination, "the group of the output device"));
        return answer;
    }

    private static XtAnswer Port(string name, XtInterface wanted) => name.Length == 0
        ? XtAnswer.Of(wanted.Inverted)
        : new XtAnswer(XtHeaderMatches.Interface(exists: true, new PacketInterface { Name = name }, wanted));

    private static XtAnswer Group(PacketInterface? device, XtMasked wanted, string missing) =>
        XtAnswer.Of(device?.Group, group => ((group ^ wanted.Value) & wanted.Mask) == 0 != wanted.Inverted, missing);
}
