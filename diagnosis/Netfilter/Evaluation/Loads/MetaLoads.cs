// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;

/// <summary>nft_meta, reading; numbers in the node's byte order, the protocol in network order.</summary>
internal static class MetaLoads
{
    private const int NameLength = 16;

    public static Step Run(EvaluationRun run, MetaLoad load)
    {
        if (!Registers.Fits(load.Register, NameLength) && !Registers.Fits(load.Register, 4)) return run.Fail(load, "a register that does not exist");
        var (register, packet) = (load.Register, run.State);
        switch ((MetaKey)load.Key)
        {
            case MetaKey.NfProto:
                run.Registers.Store8(register, packet.IsIpv4 ? (byte)2 : (byte)10);
                return Step.Continue;
            case MetaKey.L4Proto:
                run.Registers.Store8(register, packet.Protocol);
                return Step.Continue;
            case MetaKey.Protocol:
                run.Registers.Store(register, packet.IsIpv4 ? [0x08, 0x00] : [0x86, 0xdd]);
                return Step.Continue;
            case MetaKey.Mark:
                return Bits(run, load, packet.Mark, "the mark", packet.MarkVersion);
            case MetaKey.Length:
                return Number(run, load, packet.Packet.Length is { } length ? (uint)length : null, "the length of the packet");
            case MetaKey.Priority:
                return Number(run, load, packet.Priority, "the priority");
            case MetaKey.PacketType:
                return Byte(run, load, packet.PacketType, "the packet type");
            case MetaKey.IifName or MetaKey.OifName or MetaKey.Iif or MetaKey.Oif:
                return Device(run, load);
            case MetaKey.IifType or MetaKey.OifType or MetaKey.IifGroup or MetaKey.OifGroup or MetaKey.IifKind or MetaKey.OifKind:
                return DeviceProperty(run, load);
            case MetaKey.SkUid or MetaKey.SkGid or MetaKey.Cgroup:
                return SocketLoads.Run(run, load);
            case MetaKey.TimeNs or MetaKey.TimeDay or MetaKey.TimeHour:
                return Time(run, load);
            case MetaKey.SecPath:
                return Byte(run, load, packet.Packet.Ipsec is { } ipsec ? (byte)(ipsec ? 1 : 0) : null, "whether IPsec decrypted it");
            case MetaKey.BridgeIifName:
                return Name(run, load, packet.Packet.BridgeInput, "the bridge it came in by", breaks: true);
            case MetaKey.BridgeOifName:
                return Name(run, load, packet.Packet.BridgeOutput, "the bridge it leaves by", breaks: true);
            case MetaKey.Prandom:
                // Never the same twice, so no two questions about it have the same origin.
                run.Registers.StoreUnknown(register, 4, new UnknownOrigin("a random number", Version: run.Rules));
                return Step.Continue;
            default:
                return Unknown(run, load, Registers.Fits(register, NameLength) ? NameLength : 4, "this property");
        }
    }

    private static Step Device(EvaluationRun run, MetaLoad load)
    {
        var input = (MetaKey)load.Key is MetaKey.Iif or MetaKey.IifName;
        var exists = input ? run.HasInput : run.HasOutput;
        var device = input ? run.Input : run.Output;
        var word = input ? "in" : "out";
        if ((MetaKey)load.Key is MetaKey.IifName or MetaKey.OifName) return Name(run, load, exists ? device?.Name : "", $"the name of the {word}put device", breaks: false);
        return Number(run, load, exists ? (uint?)device?.Index : 0, $"the index of the {word}put device");
    }

    private static Step DeviceProperty(EvaluationRun run, MetaLoad load)
    {
        var key = (MetaKey)load.Key;
        var input = key is MetaKey.IifType or MetaKey.IifGroup or MetaKey.IifKind;
        var device = input ? run.Input : run.Output;
        if (!(input ? run.HasInput : run.HasOutput))
        {
            // Newer kernels (6.18 does) take the device the packet stands at where there is no input device: behind routing that is the output.
            if (key != MetaKey.IifType || run.Hook != NetfilterHook.Postrouting) return Step.Break;
            if (!run.Decide(Exploration.Tri.Unknown, load with { Register = 0 }, "whether this kernel takes the output device for the input device")) return Step.Break;
            device = run.Output;
        }

        var word = input ? "in" : "out";
        switch (key)
        {
            case MetaKey.IifType or MetaKey.OifType:
                if (device?.Type is not { } type) return Unknown(run, load, 2, $"the type of the {word}put device");
                run.Registers.Store16(load.Register, type);
                return Step.Continue;
            case MetaKey.IifGroup or MetaKey.OifGroup:
                return Number(run, load, device?.Group, $"the group of the {word}put device");
            default:
                return Name(run, load, device?.Kind, $"the kind of the {word}put device", breaks: true);
        }
    }

    private static Step Time(EvaluationRun run, MetaLoad load)
    {
        if (run.Environment.Now is not { } now) return Unknown(run, load, (MetaKey)load.Key switch { MetaKey.TimeNs => 8, MetaKey.TimeDay => 1, _ => 4 }, "the time");
        var utc = now.UtcDateTime;
        switch ((MetaKey)load.Key)
        {
            case MetaKey.TimeNs:
                Span<byte> bytes = stackalloc byte[8];
                BitConverter.TryWriteBytes(bytes, (utc - DateTime.UnixEpoch).Ticks * 100);
                run.Registers.Store(load.Register, bytes);
                break;
            case MetaKey.TimeDay:
                run.Registers.Store8(load.Register, (byte)utc.DayOfWeek);
                break;
            default:
                run.Registers.Store32(load.Register, (uint)utc.TimeOfDay.TotalSeconds);
                break;
        }

        return Step.Continue;
    }

    private static Step Name(EvaluationRun run, MetaLoad load, string? name, string missing, bool breaks)
    {
        if (name is null) return Unknown(run, load, NameLength, missing);
        if (breaks && name.Length == 0) return Step.Break;
        Span<byte> bytes = stackalloc byte[NameLength];
        bytes.Clear();
        Encoding.UTF8.GetBytes(name.AsSpan(0, Math.Min(name.Length, NameLength - 1)), bytes);
        run.Registers.Store(load.Register, bytes);
        return Step.Continue;
    }

    private static Step Bits(EvaluationRun run, MetaLoad load, Bits32 bits, string missing, int version)
    {
        if (bits.Whole is { } whole)
        {
            run.Registers.Store32(load.Register, whole);
            return Step.Continue;
        }

        Span<byte> data = stackalloc byte[4];
        Span<byte> known = stackalloc byte[4];
        BitConverter.TryWriteBytes(data, bits.Value);
        BitConverter.TryWriteBytes(known, bits.Known);
        run.Store(load.Register, data, known, new UnknownOrigin(missing, null, load with { Register = 0 }, version));
        return Step.Continue;
    }

    private static Step Number(EvaluationRun run, MetaLoad load, uint? value, string missing)
    {
        if (value is not { } known) return Unknown(run, load, 4, missing);
        run.Registers.Store32(load.Register, known);
        return Step.Continue;
    }

    private static Step Byte(EvaluationRun run, MetaLoad load, byte? value, string missing)
    {
        if (value is not { } known) return Unknown(run, load, 1, missing);
        run.Registers.Store8(load.Register, known);
        return Step.Continue;
    }

    private static Step Unknown(EvaluationRun run, MetaLoad load, int length, string missing)
    {
        if (!Registers.Fits(load.Register, length)) return run.Fail(load, "a register that does not exist");
        run.StoreUnknown(load.Register, length, new UnknownOrigin(missing, null, load with { Register = 0 }));
        return Step.Continue;
    }
}
