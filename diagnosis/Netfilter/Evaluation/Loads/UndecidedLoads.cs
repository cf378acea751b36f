// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;

/// <summary>Values that nobody can know beforehand (random numbers, hashes) or that no facts hold (sockets, IPsec states).</summary>
internal static class UndecidedLoads
{
    /// <summary>Up to this modulus every value is tried by itself.</summary>
    private const uint MaxTried = 256;

    public static Step Run(EvaluationRun run, NumberGenerator generator) => Modulo(run, generator, generator.Register, generator.Modulus, generator.Offset, "which number it gives");

    public static Step Run(EvaluationRun run, HashLoad hash) => Modulo(run, hash, hash.Register, hash.Modulus, hash.Offset, "the hash");

    public static Step Run(EvaluationRun run, RouteLoad route) => Unknown(run, route.Register, route.Key switch { 2 => 16, 3 => 2, 4 => 1, _ => 4 }, route);

    /// <summary>Without a socket the rule breaks.</summary>
    public static Step Run(EvaluationRun run, SocketLoad socket)
    {
        if (!run.Decide(Tri.Unknown, socket with { Register = 0 }, "whether a local socket would take it")) return Step.Break;
        return Unknown(run, socket.Register, socket.Key switch { 3 => 8, 1 => 4, _ => 1 }, socket);
    }

    public static Step Run(EvaluationRun run, XfrmLoad xfrm)
    {
        var ipsec = run.State.Packet.Ipsec is { } known ? TriMath.Of(known) : Tri.Unknown;
        if (!run.Decide(ipsec, xfrm with { Register = 0 }, "whether IPsec has to do with it")) return Step.Break;
        return Unknown(run, xfrm.Register, xfrm.Key is 2 or 4 ? 16 : 4, xfrm);
    }

    public static Step Run(EvaluationRun run, TunnelLoad tunnel) => Unknown(run, tunnel.Register, 4, tunnel);

    public static Step Run(EvaluationRun run, InnerExpression inner)
    {
        if (run.State.Protocol != IpProtocols.Udp) return Step.Break;
        if (!run.Decide(Tri.Unknown, inner, "what is inside of the tunnel")) return Step.Break;
        return inner.Inner switch
        {
            PayloadLoad payload => Unknown(run, payload.Register, payload.Length, inner),
            MetaLoad meta => Unknown(run, meta.Register, 4, inner),
            _ => run.Fail(inner, "what is inside of the tunnel"),
        };
    }

    public static Step Unknown(EvaluationRun run, int register, int length, Expression expression)
    {
        if (!Registers.Fits(register, length)) return run.Fail(expression, "a register that does not exist");
        run.StoreUnknown(register, length, new UnknownOrigin($"the value of {ExpressionNames.Of(expression)}", null, expression));
        return Step.Continue;
    }

    private static Step Modulo(EvaluationRun run, Expression expression, int register, uint modulus, uint offset, string missing)
    {
        if (!Registers.Fits(register, 4) || modulus == 0) return run.Fail(expression, "a register that does not exist");
        if (modulus > MaxTried)
        {
            run.Registers.StoreUnknown(register, 4, new UnknownOrigin(missing, null, expression, run.Rules));
            return Step.Continue;
        }

        run.Registers.Store32(register, offset + (uint)run.Explorer.Choose((int)modulus, run.Undecided(expression, missing)));
        return Step.Continue;
    }
}
