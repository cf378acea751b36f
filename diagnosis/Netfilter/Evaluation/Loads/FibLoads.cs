// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;

/// <summary>nft_fib: type of an address, device of a route. In the netdev and bridge families the packet's own family is asked.</summary>
internal static class FibLoads
{
    private const uint ResultOif = 1, ResultOifName = 2, ResultAddressType = 3;
    private const uint ByDestination = 2, ByMark = 4, ByInput = 8, ByOutput = 16, Present = 32;

    public static Step Run(EvaluationRun run, FibLoad fib)
    {
        if (!Registers.Fits(fib.Register, fib.Result == ResultOifName && (fib.Flags & Present) == 0 ? 16 : 4)) return run.Fail(fib, "a register that does not exist");
        var address = (fib.Flags & ByDestination) != 0 ? run.State.Destination : run.State.Source;
        if (address is not { } known) return Unknown(run, fib, "the address after a rewrite");
        return fib.Result == ResultAddressType ? AddressType(run, fib, known) : Route(run, fib, known);
    }

    private static Step AddressType(EvaluationRun run, FibLoad fib, IpAddr address)
    {
        PacketInterface? device = null;
        if (Device(run, fib) is { } restricts)
        {
            device = restricts.Device;
            if (device is null) return Unknown(run, fib, "the device");
        }

        if (run.Environment.AddressType(address, device) is not { } type) return Unknown(run, fib, $"the type of the address {address}");
        run.Registers.Store32(fib.Register, (uint)type);
        return Step.Continue;
    }

    private static Step Route(EvaluationRun run, FibLoad fib, IpAddr address)
    {
        var restricts = Device(run, fib);
        var packet = run.State;
        if (run.Hook is NetfilterHook.Prerouting or NetfilterHook.Ingress && (packet.Input?.IsLoopback == true || IsDuplicateCheck(packet))) return Store(run, fib, packet.Input);
        if (packet.Source is { IsUnspecified: true, Family: IpFamily.IPv4 } && packet.Destination is { } to && (to.IsMulticast || to.Bits == uint.MaxValue)) return Store(run, fib, packet.Input);
        if (restricts is { Device: null }) return Unknown(run, fib, "the device");
        uint? mark = (fib.Flags & ByMark) != 0 ? packet.Mark.Whole : 0;
        if (mark is null) return Unknown(run, fib, "the mark");
        var other = (fib.Flags & ByDestination) != 0 ? packet.Source : packet.Destination;
        var question = new RouteQuestion(address, other, mark, null, restricts?.Device, packet.TrafficClass);
        if (run.Environment.Route(question) is not { } answer) return Unknown(run, fib, $"the route to {address}");
        // A local address has no route out: "should not see RTN_LOCAL here".
        return answer.Type == RouteType.Unicast ? Store(run, fib, answer.Device, unknownDevice: answer.Device is null) : Store(run, fib, null);
    }

    /// <summary>The device that must be the one found; null when any will do.</summary>
    private static Restriction? Device(EvaluationRun run, FibLoad fib) =>
        (fib.Flags & ByInput) != 0 ? new Restriction(run.Input) : (fib.Flags & ByOutput) != 0 ? new Restriction(run.Output) : null;

    /// <summary>IPv6 duplicate address detection passes.</summary>
    private static bool IsDuplicateCheck(PacketState packet) =>
        packet.Protocol == IpProtocols.IcmpV6 && packet.Source is { IsUnspecified: true } && packet.Destination is { IsLinkLocal: true };

    private static Step Store(EvaluationRun run, FibLoad fib, PacketInterface? device, bool unknownDevice = false)
    {
        if ((fib.Flags & Present) != 0)
        {
            run.Registers.Store8(fib.Register, device is not null || unknownDevice ? (byte)1 : (byte)0);
            return Step.Continue;
        }

        if (unknownDevice || device is { Index: null, Name: null }) return Unknown(run, fib, "the device of the route");
        if (fib.Result == ResultOif)
        {
            if (device is { Index: null }) return Unknown(run, fib, "the index of the route's device");
            run.Registers.Store32(fib.Register, (uint)(device?.Index ?? 0));
            return Step.Continue;
        }

        if (device is { Name: null }) return Unknown(run, fib, "the name of the route's device");
        Span<byte> name = stackalloc byte[16];
        name.Clear();
        if (device is { Name: { } text }) Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, 15)), name);
        run.Registers.Store(fib.Register, name);
        return Step.Continue;
    }

    private static Step Unknown(EvaluationRun run, FibLoad fib, string missing)
    {
        var length = (fib.Flags & Present) != 0 ? 1 : fib.Result == ResultOifName ? 16 : 4;
        run.StoreUnknown(fib.Register, length, new UnknownOrigin(missing, null, fib with { Register = 0 }));
        return Step.Continue;
    }

    private sealed record Restriction(PacketInterface? Device);
}
