// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;

/// <summary>nft_payload: bytes of the headers, counted from one of them.</summary>
internal static class PayloadLoads
{
    public static Step Run(EvaluationRun run, PayloadLoad load)
    {
        if (!Registers.Fits(load.Register, load.Length)) return run.Fail(load, "a register that does not exist");
        return load.Base switch
        {
            PayloadBase.Link => Link(run, load),
            PayloadBase.Network => Copy(run, load, run.State.Network, run.State.Transport, load.Offset),
            PayloadBase.Transport => Transport(run, load),
            PayloadBase.Inner => Inner(run, load),
            _ => UndecidedLoads.Unknown(run, load.Register, load.Length, load),
        };
    }

    /// <summary>There is a transport header to look at; null = unknown.</summary>
    public static bool? HasTransport(EvaluationRun run) => run.State.Packet.Fragment switch
    {
        null => null,
        FragmentPart.Later => false,
        _ => true,
    };

    private static Step Transport(EvaluationRun run, PayloadLoad load) =>
        run.Decide(Of(HasTransport(run)), load, "whether it is a later fragment") ? Copy(run, load, run.State.Transport, null, load.Offset) : Step.Break;

    /// <summary>A packet made here has no link-layer header yet; in the bridge and netdev families everyone has.</summary>
    private static Step Link(EvaluationRun run, PayloadLoad load)
    {
        if (!run.HasInput && run.Hook is NetfilterHook.Output or NetfilterHook.Postrouting && run.Family is NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6) return Step.Break;
        if (run.State.Link.Length > 0) return Copy(run, load, run.State.Link, run.State.Network, load.Offset);
        // Devices without link-layer addresses (WireGuard, tun) have no such header at all.
        if (run.Input is { Type: 65534 }) return Step.Break;
        run.StoreUnknown(load.Register, load.Length, Name(load));
        return Step.Continue;
    }

    private static Step Inner(EvaluationRun run, PayloadLoad load)
    {
        if (run.State.Protocol is not (IpProtocols.Tcp or IpProtocols.Udp)) return Step.Break;
        if (!run.Decide(Of(HasTransport(run)), load, "whether it is a later fragment")) return Step.Break;
        return Beyond(run, load);
    }

    /// <summary>Copies from a header, and from what follows it where the bytes go on.</summary>
    private static Step Copy(EvaluationRun run, PayloadLoad load, HeaderBytes header, HeaderBytes? following, int offset)
    {
        if (offset < 0) return Step.Break;
        if (offset + load.Length <= header.Length)
        {
            run.Store(load.Register, header.Data.Slice(offset, load.Length), header.Known.Slice(offset, load.Length), Name(load));
            return Step.Continue;
        }

        if (following is not null && offset >= header.Length && run.State.Packet.Fragment is FragmentPart.None or FragmentPart.First)
            return Copy(run, load, following, null, offset - header.Length);
        return Beyond(run, load);
    }

    /// <summary>Nobody gave the packet's contents; whether it is so long at all may be known.</summary>
    private static Step Beyond(EvaluationRun run, PayloadLoad load)
    {
        var end = load.Offset + load.Length + load.Base switch
        {
            PayloadBase.Network => 0,
            PayloadBase.Transport => run.State.Network.Length,
            PayloadBase.Inner => run.State.Network.Length + (run.State.Protocol == IpProtocols.Tcp ? 20 : 8),
            _ => -14,
        };
        var longEnough = run.State.Packet.Length is { } length ? TriMath.Of(end <= length) : Tri.Unknown;
        if (!run.Decide(longEnough, load, "the length of the packet")) return Step.Break;
        run.StoreUnknown(load.Register, load.Length, Name(load));
        return Step.Continue;
    }

    private static UnknownOrigin Name(PayloadLoad load) =>
        new($"{load.Length} bytes at offset {load.Offset} of the {load.Base.ToString().ToLowerInvariant()} header", null, load with { Register = 0 });

    private static Tri Of(bool? value) => value is { } known ? TriMath.Of(known) : Tri.Unknown;
}
