// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Tests.Netfilter.Evaluation;

/// <summary>Rule sets written by hand.</summary>
internal static class Rulesets
{
    private const uint MarkKey = 3, UserKey = 10;

    public static readonly FilterPacket Packet = new()
    {
        Source = IpAddr.Parse("10.244.1.5"),
        Destination = IpAddr.Parse("10.244.2.7"),
        Protocol = 6,
        SourcePort = 40000,
        DestinationPort = 443,
        TcpFlags = 2,
        Length = 60,
        HopLimit = 64,
        TrafficClass = 0,
        Input = new PacketInterface { Name = "eth0", Index = 2, Type = 1, Group = 0, Kind = "" },
        Output = new PacketInterface { Name = "wg0", Index = 3, Type = 65534, Group = 0, Kind = "wireguard" },
        Conntrack = new PacketConntrack { State = ConntrackState.New },
    };

    public static Expression Accept => new VerdictExpression(Verdict.Accept);

    public static Expression Drop => new VerdictExpression(Verdict.Drop);

    public static Expression Return => new VerdictExpression(Verdict.Return);

    public static Expression Jump(string chain) => new VerdictExpression(new Verdict(VerdictKind.Jump, chain));

    public static Expression Goto(string chain) => new VerdictExpression(new Verdict(VerdictKind.Goto, chain));

    /// <summary><c>th dport N</c>.</summary>
    public static Expression[] Port(ushort port) => [new PayloadLoad(0, PayloadBase.Transport, 2, 2), new Compare(0, CompareOperator.Equal, Hex((byte)(port >> 8), (byte)port))];

    /// <summary><c>meta mark N</c>.</summary>
    public static Expression[] Mark(uint mark) => [new MetaLoad(0, MarkKey), new Compare(0, CompareOperator.Equal, new HexBytes(BitConverter.GetBytes(mark)))];

    /// <summary><c>meta mark set N</c>.</summary>
    public static Expression[] SetMark(uint mark) => [new Immediate(0, new HexBytes(BitConverter.GetBytes(mark))), new MetaSet(0, MarkKey)];

    /// <summary><c>meta skuid N</c>, which only packets of this node have.</summary>
    public static Expression[] User(uint user, bool equal = true) =>
        [new MetaLoad(0, UserKey), new Compare(0, equal ? CompareOperator.Equal : CompareOperator.NotEqual, new HexBytes(BitConverter.GetBytes(user)))];

    public static HexBytes Hex(params byte[] bytes) => new(bytes);

    public static NetfilterChain Base(NetfilterHook hook, int priority, params Expression[][] rules) => Chain($"{hook}{priority}", rules) with
    {
        Hook = hook,
        Priority = priority,
        Type = "filter",
        Policy = NetfilterPolicy.Accept,
    };

    public static NetfilterChain Chain(string name, params Expression[][] rules) =>
        new() { Name = name, Rules = [.. rules.Select((expressions, i) => new NetfilterRule { Handle = (ulong)(i + 1), Expressions = expressions })] };

    public static NetfilterTable Table(params NetfilterChain[] chains) => new() { Backend = NetfilterBackend.NfTables, Family = NetfilterFamily.Inet, Name = "t", Chains = chains };

    public static FilterResult Forward(this NetfilterTable table, FilterPacket? packet = null, EvaluationOptions? options = null, IPacketEnvironment? environment = null) =>
        new NetfilterEvaluator(new NetfilterFact { Tables = [table] }, environment, options).Evaluate(packet ?? Packet, PacketPath.Forward);

    public static FilterResult Output(this NetfilterTable table, FilterPacket? packet = null) => new NetfilterEvaluator(new NetfilterFact { Tables = [table] }).Evaluate(packet ?? Packet, PacketPath.Output);
}
