// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>Expressions that take the packet off its way, and those this code does not know.</summary>
internal static class Diversions
{
    private const byte Syn = 2, Ack = 16, Rst = 4, Fin = 1;

    /// <summary>With bypass the packet is accepted when no program listens.</summary>
    public static Step Queue(EvaluationRun run, Expression queue, bool bypass) =>
        bypass && run.Explorer.Choose(2, run.Undecided(queue, "whether a program listens to the queue")) == 1 ? Step.Accept : Step.Queue;

    /// <summary>A local transparent socket takes the packet, or the rule breaks; the address it is sent to stays.</summary>
    public static Step Run(EvaluationRun run, TproxyExpression tproxy)
    {
        if (run.State.Protocol is not (IpProtocols.Tcp or IpProtocols.Udp)) return Step.Break;
        if (tproxy.Family is NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6 && tproxy.Family == NetfilterFamily.Ipv4 != (run.State.Packet.Family == IpFamily.IPv4)) return Step.Break;
        if (run.Explorer.Choose(2, run.Undecided(tproxy, "whether a transparent socket listens")) == 1) return Step.Break;
        run.Rewrite("tproxy", "a transparent local socket");
        return Step.Continue;
    }

    /// <summary>Answers a SYN itself; the ACK that ends its handshake is taken too, all else goes on.</summary>
    public static Step Synproxy(EvaluationRun run)
    {
        if (run.State.Protocol != IpProtocols.Tcp) return Step.Break;
        if (run.State.Transport.Byte(13) is not { } flags) return run.Fail(new SynproxyExpression(), "TCP flags");
        if ((flags & Syn) != 0 || (flags & (Ack | Fin | Rst | Syn)) == Ack) return Step.Stolen;
        return Step.Continue;
    }

    /// <summary>It may match or not, and it may end the rule with a drop.</summary>
    public static Step Run(EvaluationRun run, UnknownExpression unknown) => run.Explorer.Choose(3, run.Undecided(unknown, "the meaning of this expression")) switch
    {
        0 => Step.Continue,
        1 => Step.Break,
        _ => Step.Drop,
    };
}
