// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;

/// <summary>nft_ct, reading. Without a connection every key but the state breaks the rule.</summary>
internal static class ConntrackLoads
{
    public static Step Run(EvaluationRun run, ConntrackLoad load)
    {
        if (!Registers.Fits(load.Register, 4)) return run.Fail(load, "a register that does not exist");
        var view = run.State.Conntrack;
        if ((ConntrackKey)load.Key == ConntrackKey.State) return State(run, load, view);
        if (!run.Decide(view.Exists is { } exists ? TriMath.Of(exists) : Tri.Unknown, load, "whether it belongs to a connection")) return Step.Break;
        switch ((ConntrackKey)load.Key)
        {
            case ConntrackKey.Direction:
                if (view.Reply is not { } reply) return Unknown(run, load, 1, "the direction in the connection");
                run.Registers.Store8(load.Register, reply ? (byte)1 : (byte)0);
                return Step.Continue;
            case ConntrackKey.Status:
                return Bits(run, load, view.Status, "the status of the connection");
            case ConntrackKey.Mark:
                return Bits(run, load, view.Mark, "the mark of the connection");
            case ConntrackKey.Zone:
                if (view.Zone is not { } zone) return Unknown(run, load, 2, "the zone of the connection");
                run.Registers.Store16(load.Register, zone);
                return Step.Continue;
            case ConntrackKey.L3Protocol:
                run.Registers.Store8(load.Register, run.State.IsIpv4 ? (byte)2 : (byte)10);
                return Step.Continue;
            case ConntrackKey.Protocol:
                run.Registers.Store8(load.Register, run.State.Protocol);
                return Step.Continue;
            case ConntrackKey.Helper:
                // Only a connection that a helper expected has one here.
                return view.State == ConntrackState.New ? Step.Break : Unknown(run, load, 16, "the helper of the connection");
            case ConntrackKey.Labels when view is { State: ConntrackState.New, LabelsTouched: false }:
                Span<byte> none = stackalloc byte[16];
                none.Clear();
                run.Registers.Store(load.Register, none);
                return Step.Continue;
            case ConntrackKey.Labels:
                return Unknown(run, load, 16, "the labels of the connection");
            case ConntrackKey.Packets or ConntrackKey.Bytes or ConntrackKey.AveragePacket:
                return Unknown(run, load, 8, "the counters of the connection");
            case ConntrackKey.Source or ConntrackKey.Destination or ConntrackKey.SourceIp or ConntrackKey.DestinationIp or ConntrackKey.SourceIp6 or ConntrackKey.DestinationIp6:
                return Address(run, load, view);
            case ConntrackKey.SourcePort or ConntrackKey.DestinationPort:
                return Port(run, load, view);
            default:
                return Unknown(run, load, 4, "this property of the connection");
        }
    }

    private static Step State(EvaluationRun run, ConntrackLoad load, ConntrackView view)
    {
        const uint invalid = 1, established = 2, related = 4, isNew = 8, untracked = 64;
        uint? bits = view.Phase switch
        {
            ConntrackPhase.None => invalid,
            ConntrackPhase.Untracked => untracked,
            _ => view.State switch
            {
                ConntrackState.New => isNew,
                ConntrackState.Established => established,
                ConntrackState.Related => related,
                ConntrackState.Invalid => invalid,
                ConntrackState.Untracked => untracked,
                _ => null,
            },
        };
        if (bits is not { } known) return Unknown(run, load, 4, "the state of the connection");
        run.Registers.Store32(load.Register, known);
        return Step.Continue;
    }

    private static Step Address(EvaluationRun run, ConntrackLoad load, ConntrackView view)
    {
        var key = (ConntrackKey)load.Key;
        if (key is ConntrackKey.SourceIp or ConntrackKey.DestinationIp && !run.State.IsIpv4) return Step.Break;
        if (key is ConntrackKey.SourceIp6 or ConntrackKey.DestinationIp6 && run.State.IsIpv4) return Step.Break;
        var tuple = load.Direction == 1 ? view.Answer : view.Original;
        var source = key is ConntrackKey.Source or ConntrackKey.SourceIp or ConntrackKey.SourceIp6;
        var length = run.State.IsIpv4 ? 4 : 16;
        if (tuple is null) return Unknown(run, load, length, Direction(load));
        Span<byte> bytes = stackalloc byte[16];
        (source ? tuple.Source : tuple.Destination).WriteNetworkBytes(bytes);
        if (!Registers.Fits(load.Register, length)) return run.Fail(load, "a register that does not exist");
        run.Registers.Store(load.Register, bytes[..length]);
        return Step.Continue;
    }

    private static Step Port(EvaluationRun run, ConntrackLoad load, ConntrackView view)
    {
        var tuple = load.Direction == 1 ? view.Answer : view.Original;
        var port = (ConntrackKey)load.Key == ConntrackKey.SourcePort ? tuple?.SourcePort : tuple?.DestinationPort;
        if (port is not { } known) return Unknown(run, load, 2, Direction(load));
        run.Registers.Store(load.Register, [(byte)(known >> 8), (byte)known]);
        return Step.Continue;
    }

    private static string Direction(ConntrackLoad load) => load.Direction == 1 ? "how answers of the connection look" : "how the connection began";

    private static Step Bits(EvaluationRun run, ConntrackLoad load, Bits32 bits, string missing)
    {
        Span<byte> data = stackalloc byte[4];
        Span<byte> known = stackalloc byte[4];
        BitConverter.TryWriteBytes(data, bits.Value);
        BitConverter.TryWriteBytes(known, bits.Known);
        run.Store(load.Register, data, known, new UnknownOrigin(missing, null, load with { Register = 0 }, run.State.Changes));
        return Step.Continue;
    }

    private static Step Unknown(EvaluationRun run, ConntrackLoad load, int length, string missing)
    {
        if (!Registers.Fits(load.Register, length)) return run.Fail(load, "a register that does not exist");
        run.StoreUnknown(load.Register, length, new UnknownOrigin(missing, null, load with { Register = 0 }));
        return Step.Continue;
    }
}
