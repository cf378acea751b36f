// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Actions;

/// <summary>nft_nat, nft_masq, nft_redir and the NAT targets.</summary>
internal static class NatActions
{
    public static Step Run(EvaluationRun run, NatExpression nat)
    {
        // In an inet table a rule for one family passes packets of the other by.
        if (nat.Family is NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6 && nat.Family == NetfilterFamily.Ipv4 != run.State.IsIpv4) return Step.Continue;
        var range = new NatRange { Kind = nat.Destination ? "dnat" : "snat", Source = !nat.Destination, Flags = nat.Flags };
        if (nat.AddressMin is { } minimum)
        {
            var (first, last) = (Address(run, minimum), Address(run, nat.AddressMax ?? minimum));
            range = range with { AddressMin = first, AddressMax = last, AddressUnknown = first is null || last is null, Flags = range.Flags | NatRange.MapIps };
        }

        range = Ports(run, range, nat.PortMin, nat.PortMax);
        return NatSetup.Apply(run, range);
    }

    public static Step Run(EvaluationRun run, MasqueradeExpression masquerade) =>
        NatSetup.Apply(run, Masquerade(run, Ports(run, new NatRange { Kind = "masquerade", Source = true, Flags = masquerade.Flags }, masquerade.PortMin, masquerade.PortMax)));

    public static Step Run(EvaluationRun run, RedirectExpression redirect)
    {
        var range = Ports(run, new NatRange { Kind = "redirect", Source = false, Flags = redirect.Flags }, redirect.PortMin, redirect.PortMax);
        return Redirect(run, range) is { } found ? NatSetup.Apply(run, found) : Step.Drop;
    }

    public static Step Run(EvaluationRun run, XtNat nat)
    {
        var range = new NatRange
        {
            Kind = nat.Kind.ToString().ToLowerInvariant(),
            Source = nat.Kind is XtNatKind.Snat or XtNatKind.Masquerade || (nat.Kind == XtNatKind.Netmap && run.Hook is NetfilterHook.Postrouting or NetfilterHook.Input),
            AddressMin = (nat.Flags & XtNatFlags.MapIps) != XtNatFlags.None ? nat.AddressMin : null,
            AddressMax = (nat.Flags & XtNatFlags.MapIps) != XtNatFlags.None ? nat.AddressMax ?? nat.AddressMin : null,
            PortMin = (nat.Flags & XtNatFlags.ProtoSpecified) != XtNatFlags.None ? nat.PortMin : null,
            PortMax = (nat.Flags & XtNatFlags.ProtoSpecified) != XtNatFlags.None ? nat.PortMax ?? nat.PortMin : null,
            PortBase = nat.PortBase,
            Flags = (uint)nat.Flags,
        };
        switch (nat.Kind)
        {
            case XtNatKind.Masquerade:
                return NatSetup.Apply(run, Masquerade(run, range));
            case XtNatKind.Redirect:
                return Redirect(run, range) is { } found ? NatSetup.Apply(run, found) : Step.Drop;
            case XtNatKind.Netmap:
                return NatSetup.Apply(run, range with { AddressMin = nat.AddressMin, AddressMax = nat.AddressMax, Flags = range.Flags | NatRange.MapIps | NatRange.Netmap });
            default:
                return NatSetup.Apply(run, range);
        }
    }

    private static NatRange Masquerade(EvaluationRun run, NatRange range)
    {
        IpAddr? address = run.Output is { } device && run.State.Destination is { } destination ? run.Environment.SourceAddress(device, destination) : null;
        return range with { AddressMin = address, AddressMax = address, AddressUnknown = address is null, Flags = range.Flags | NatRange.MapIps };
    }

    /// <summary>To the loopback address for packets made here, else to the first address of the device; null when it has none.</summary>
    private static NatRange? Redirect(EvaluationRun run, NatRange range)
    {
        var family = run.State.Packet.Family;
        IpAddr? address;
        if (run.Hook == NetfilterHook.Output)
        {
            address = IpAddr.FromBits(family, family == IpFamily.IPv4 ? 0x7f000001u : UInt128.One);
        }
        else
        {
            address = run.Input is { } device ? run.Environment.FirstAddress(device, family) : null;
            if (address is { IsUnspecified: true }) return null;
        }

        return range with { AddressMin = address, AddressMax = address, AddressUnknown = address is null, Flags = range.Flags | NatRange.MapIps };
    }

    private static NatRange Ports(EvaluationRun run, NatRange range, int? minimum, int? maximum)
    {
        if (minimum is not { } register) return range;
        var (first, last) = (Port(run, register), Port(run, maximum ?? register));
        return range with { PortMin = first, PortMax = last, PortUnknown = first is null || last is null, Flags = range.Flags | NatRange.ProtoSpecified };
    }

    private static IpAddr? Address(EvaluationRun run, int register)
    {
        var length = run.State.IsIpv4 ? 4 : 16;
        return Registers.Fits(register, length) && run.Registers.AllKnown(register, length)
            && IpAddr.TryFromNetworkBytes(run.Registers.Data(register, length), out var address) ? address : null;
    }

    private static ushort? Port(EvaluationRun run, int register) =>
        Registers.Fits(register, 2) && run.Registers.AllKnown(register, 2) ? BinaryPrimitives.ReadUInt16BigEndian(run.Registers.Data(register, 2)) : null;
}
