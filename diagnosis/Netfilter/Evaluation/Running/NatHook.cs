// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Actions;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>
/// The kernel's one NAT hook (nf_nat_inet_fn): for the first packet of a connection the nat chains of all tables are asked until one binds
/// a translation; every other packet gets the translation of its connection.
/// </summary>
internal static class NatHook
{
    private static readonly UnknownExpression Marker = new("nat", 0);

    public static void Run(EvaluationRun run, HookStep step, List<ChainResult> results)
    {
        var view = run.State.Conntrack;
        if (view.Exists == false) return;
        var source = run.Hook is NetfilterHook.Postrouting or NetfilterHook.Input;
        if (!AsksRules(run, view))
        {
            Translate(run, source);
            return;
        }

        foreach (var chain in step.Chains)
        {
            if ((view.Status.Value & NatSetup.Done(source)) != 0) return;
            results.Add(ChainRunner.Run(run, chain));
            if (results[^1].Kind != VerdictKind.Accept) return;
        }

        NatSetup.BindNothing(run.State, source);
    }

    /// <summary>New connections, and those a helper expected; an ICMP error follows the connection it is about.</summary>
    private static bool AsksRules(EvaluationRun run, ConntrackView view) => view.State switch
    {
        ConntrackState.New => true,
        ConntrackState.Related => !IpProtocols.IsIcmp(run.State.Protocol),
        null => run.Explorer.ChooseOnce(new UnknownOrigin("the state of the connection"), Marker, 2, () => new UndecidedExpression("nat", null, "the state of the connection")) == 0,
        _ => false,
    };

    private static void Translate(EvaluationRun run, bool source)
    {
        var view = run.State.Conntrack;
        // In the other direction a rewritten source is a destination to turn back.
        var bit = source == (view.Reply != true) ? ConntrackView.SourceNat : ConntrackView.DestinationNat;
        var bits = view.Reply is null ? ConntrackView.SourceNat | ConntrackView.DestinationNat : bit;
        if ((view.Status.Known & bits) == bits && (view.Status.Value & bits) == 0) return;
        var certain = view.Reply is not null && (view.Status.Value & bit) != 0;
        if (!certain)
        {
            var choice = run.Explorer.ChooseOnce(
                new UnknownOrigin("whether the connection is translated", Version: source ? 1 : 0), Marker, 2, () => new UndecidedExpression("nat", null, "whether the connection is translated"));
            if (choice == 0) return;
        }

        var tuple = view.Reply switch { false => view.Answer, true => view.Original, _ => null };
        IpAddr? address = tuple is null ? null : source ? tuple.Destination : tuple.Source;
        var port = source ? tuple?.DestinationPort : tuple?.SourcePort;
        run.State.SetAddress(source, address);
        if (IpProtocols.HasPorts(run.State.Protocol)) run.State.Transport.SetUInt16(source ? 0 : 2, port);
        else if (view.State != ConntrackState.Related && IpProtocols.IsIcmp(run.State.Protocol) && tuple is null) run.State.Transport.SetUnknown(4, 2);
        run.State.Rewrites.Add(new PacketRewrite("connection", $"{(source ? "source" : "destination")} {address?.ToString() ?? "unknown"}", null));
        run.State.Changes++;
    }
}
