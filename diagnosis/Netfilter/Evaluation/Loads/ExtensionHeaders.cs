// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;

/// <summary>nft_exthdr. The packet has no IP options and no IPv6 extension headers but a fragment header; its TCP options are unknown.</summary>
internal static class ExtensionHeaders
{
    private const uint Ipv6 = 0, TcpOption = 1, Ipv4Option = 2;

    public static Step Run(EvaluationRun run, ExtensionHeader header)
    {
        if (!Registers.Fits(header.Register, header.PresenceOnly ? 1 : header.Length)) return run.Fail(header, "a register that does not exist");
        var present = Present(run, header);
        if (header.PresenceOnly)
        {
            if (present == Tri.Unknown) run.StoreUnknown(header.Register, 1, Name(header));
            else run.Registers.Store8(header.Register, present == Tri.Yes ? (byte)1 : (byte)0);
            return Step.Continue;
        }

        if (!run.Decide(present, header with { Register = 0, Offset = 0, Length = 0 }, Name(header))) return Step.Break;
        run.StoreUnknown(header.Register, header.Length, new UnknownOrigin(Name(header), null, header with { Register = 0 }));
        return Step.Continue;
    }

    /// <summary>The maximum segment size and the like change no verdict; where the option is missing the rule ends, which may matter.</summary>
    public static Step Run(EvaluationRun run, ExtensionHeaderWrite write)
    {
        if (run.State.Protocol != IpProtocols.Tcp) return Step.Break;
        return Step.Continue;
    }

    private static Tri Present(EvaluationRun run, ExtensionHeader header) => header.Operation switch
    {
        Ipv6 when run.State.IsIpv4 => Tri.No,
        Ipv6 when header.Header == IpProtocols.FragmentHeader => run.State.Packet.Fragment is { } part ? TriMath.Of(part != FragmentPart.None) : Tri.Unknown,
        Ipv6 => Tri.No,
        Ipv4Option => Tri.No,
        TcpOption when run.State.Protocol != IpProtocols.Tcp => Tri.No,
        TcpOption when PayloadLoads.HasTransport(run) == false => Tri.No,
        _ => Tri.Unknown,
    };

    private static string Name(ExtensionHeader header) => header.Operation == TcpOption ? $"the TCP option {header.Header}" : $"the header {header.Header}";
}
