// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>One way of the packet through the rules: its state, where it is, and what was noted.</summary>
internal sealed class EvaluationRun(RulesetIndex ruleset, IPacketEnvironment environment, EvaluationOptions options, Explorer explorer)
{
    public RulesetIndex Ruleset { get; } = ruleset;

    public IPacketEnvironment Environment { get; } = environment;

    public EvaluationOptions Options { get; } = options;

    public Explorer Explorer { get; } = explorer;

    public Registers Registers { get; } = new();

    public required PacketState State { get; set; }

    public NetfilterHook Hook { get; set; }

    /// <summary>Ipv4, Ipv6, Bridge or Netdev: whose hook it is.</summary>
    public NetfilterFamily Family { get; set; }

    /// <summary>The packet came in by a device; false for one that was made here.</summary>
    public bool HasInput { get; set; }

    /// <summary>The packet leaves by a device; false before routing and for one that ends here.</summary>
    public bool HasOutput { get; set; }

    public ChainIndex? Chain { get; set; }

    public NetfilterRule? Rule { get; set; }

    public List<TraceStep> Trace { get; } = [];

    public List<RuleReference> Counted { get; } = [];

    /// <summary>Rules looked at on this way.</summary>
    public int Rules { get; set; }

    /// <summary>Rules that may still be looked at on this way.</summary>
    public required long Budget { get; init; }

    /// <summary>Why nobody can tell what happens; set together with <see cref="Step.Unknown"/>.</summary>
    public UndecidedExpression? Failure { get; private set; }

    public PacketInterface? Input => HasInput ? State.Input : null;

    public PacketInterface? Output => HasOutput ? State.Output : null;

    /// <summary>The rule being run.</summary>
    public RuleReference? Here => Chain is { } chain && Rule is { } rule ? new RuleReference(chain.Table.Table, chain.Chain, rule) : null;

    public UndecidedExpression Undecided(Expression expression, string missing) => new(ExpressionNames.Of(expression), Here, missing);

    /// <summary>Decides a match; one that cannot be decided is supposed one way or the other.</summary>
    public bool Decide(Tri answer, Expression expression, UnknownOrigin origin) =>
        answer != Tri.Unknown ? answer == Tri.Yes : Explorer.ChooseOnce(origin, expression, 2, () => Undecided(expression, origin.Property)) == 0;

    public bool Decide(Tri answer, Expression expression, string missing) =>
        answer != Tri.Unknown ? answer == Tri.Yes : Decide(answer, expression, new UnknownOrigin(missing));

    /// <summary>A limit that depends on other packets: true = below it.</summary>
    public bool IsBelowLimit(Expression expression, string missing) => Options.Limits switch
    {
        LimitAssumption.AssumeBelow => true,
        LimitAssumption.AssumeAbove => false,
        _ => Explorer.Choose(2, Undecided(expression, missing)) == 0,
    };

    /// <summary>Nobody can tell what this does.</summary>
    public Step Fail(Expression expression, string missing)
    {
        Failure ??= Undecided(expression, missing);
        return Step.Unknown;
    }

    public void Fail(UndecidedExpression failure) => Failure ??= failure;

    public void StoreUnknown(int register, int length, UnknownOrigin origin)
    {
        if (Explorer.TryGetBound(origin, out var value) && value.Length == length) Registers.Store(register, value.Span);
        else Registers.StoreUnknown(register, length, origin);
    }

    public void StoreUnknown(int register, int length, string property) => StoreUnknown(register, length, new UnknownOrigin(property));

    public void Store(int register, ReadOnlySpan<byte> data, ReadOnlySpan<byte> known, UnknownOrigin origin)
    {
        if (known.IndexOfAnyExcept((byte)0xff) < 0) Registers.Store(register, data);
        else if (Explorer.TryGetBound(origin, out var value) && value.Length == data.Length) Registers.Store(register, value.Span);
        else Registers.Store(register, data, known, origin);
    }

    public void Rewrite(string kind, string to)
    {
        State.Rewrites.Add(new PacketRewrite(kind, to, Here));
        State.Changes++;
    }

    public void Note(string what)
    {
        if (Trace.Count < Options.MaxTrace && Chain is { } chain) Trace.Add(new TraceStep(Hook, new RuleReference(chain.Table.Table, chain.Chain, Rule), what));
    }

    public void Count()
    {
        if (Options.RecordCounters && Here is { } here) Counted.Add(here);
    }
}
