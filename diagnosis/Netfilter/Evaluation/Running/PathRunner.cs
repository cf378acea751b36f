// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>Takes a packet through the hooks of its path, with routing between them.</summary>
internal sealed class PathRunner(EvaluationRun run)
{
    private readonly List<HookResult> _hooks = [];
    private readonly NetfilterFamily _family = RulesetIndex.FamilyOf(run.State.Packet.Family);

    public IReadOnlyList<HookResult> Hooks => _hooks;

    /// <summary>There is no route for the packet as rules have changed it.</summary>
    public bool Unroutable { get; private set; }

    public void Run(PacketPath path)
    {
        if (path == PacketPath.Output)
        {
            LocalOutput();
            return;
        }

        run.HasInput = true;
        if (!Hook(NetfilterHook.Prerouting)) return;
        if (Route(path) is not { } routed) return;
        if (routed == PacketPath.Input)
        {
            run.HasOutput = false;
            Hook(NetfilterHook.Input);
            return;
        }

        run.HasOutput = true;
        AsRouterForwards(run.State);
        if (!Hook(NetfilterHook.Forward)) return;
        Hook(NetfilterHook.Postrouting);
    }

    /// <summary>One hook by itself; connections have been looked up unless the hook does that.</summary>
    public void RunHook(NetfilterHook hook, NetfilterFamily family)
    {
        run.HasInput = hook is NetfilterHook.Ingress or NetfilterHook.Prerouting or NetfilterHook.Input or NetfilterHook.Forward
            || (hook is NetfilterHook.Postrouting && run.State.Packet.Input is not null);
        run.HasOutput = hook is NetfilterHook.Forward or NetfilterHook.Output or NetfilterHook.Postrouting or NetfilterHook.Egress;
        if (hook is not (NetfilterHook.Prerouting or NetfilterHook.Output or NetfilterHook.Ingress or NetfilterHook.Egress)) run.State.Conntrack.Track(run.State);
        _hooks.Add(HookRunner.Run(run, hook, family));
    }

    private void LocalOutput()
    {
        run.HasOutput = true;
        var before = (run.State.Destination, run.State.Mark, run.State.Source, run.State.TrafficClass);
        if (!Hook(NetfilterHook.Output)) return;
        var packet = run.State;
        if (packet.Destination != before.Destination || (_hooks[^1].Rerouting && (packet.Mark != before.Mark || packet.Source != before.Source || packet.TrafficClass != before.TrafficClass)))
        {
            var answer = packet.Destination is { } to && packet.Mark.Whole is { } mark
                ? run.Environment.Route(new RouteQuestion(to, packet.Source, mark, null, null, packet.TrafficClass))
                : null;
            if (IsDead(answer)) return;
            if (answer is { Type: RouteType.Local }) packet.Output = new PacketInterface { Name = "lo", Index = 1, Type = 772, Group = 0, Kind = "" };
            else packet.Output = answer?.Device;
        }

        Hook(NetfilterHook.Postrouting);
    }

    private bool Hook(NetfilterHook hook)
    {
        var result = HookRunner.Run(run, hook, _family);
        _hooks.Add(result);
        return result.Kind == VerdictKind.Accept;
    }

    /// <summary>Where the packet goes after prerouting; null when nowhere. What the caller said holds unless rules changed what routing looks at.</summary>
    private PacketPath? Route(PacketPath said)
    {
        var packet = run.State;
        var given = packet.Packet;
        var redirected = packet.Destination != given.Destination;
        var changed = redirected || packet.Mark != Bits32.Of(given.Mark);
        if (!changed && (said == PacketPath.Input || packet.Output is not null)) return said;
        var answer = packet.Destination is { } to && packet.Mark.Whole is { } mark
            ? run.Environment.Route(new RouteQuestion(to, packet.Source, mark, packet.Input, null, packet.TrafficClass))
            : null;
        if (IsDead(answer)) return null;
        if (answer is null)
        {
            if (!redirected) return said;
            packet.Output = null;
            return run.Explorer.Choose(2, new UndecidedExpression("routing", null, "the route to the rewritten destination")) == 0 ? PacketPath.Forward : PacketPath.Input;
        }

        if (answer.Type is RouteType.Local or RouteType.Broadcast or RouteType.Anycast) return PacketPath.Input;
        packet.Output = answer.Device ?? (changed ? null : packet.Output);
        return PacketPath.Forward;
    }

    private bool IsDead(RouteAnswer? answer) =>
        Unroutable = answer is { Type: RouteType.Unreachable or RouteType.Blackhole or RouteType.Prohibit or RouteType.Throw };

    /// <summary>ip_forward and ip6_forward take a hop off before the hook; IPv4 also derives the priority from TOS (rt_tos2priority).</summary>
    private static void AsRouterForwards(PacketState packet)
    {
        if (packet.HopLimit is { } hops) packet.Network.SetByte(packet.IsIpv4 ? 8 : 7, (byte)(hops - 1));
        if (!packet.IsIpv4) return;
        ReadOnlySpan<byte> priorities = [0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4];
        packet.Priority = packet.TrafficClass is { } tos ? priorities[(tos & 0x1e) >> 1] : null;
    }
}
