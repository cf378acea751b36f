// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>What an expression says: go on, leave the rule, or a verdict.</summary>
/// <param name="Verdict">Null = go on with the next expression.</param>
/// <param name="Answer">How a drop is answered; null = silently.</param>
internal readonly record struct Step(Verdict? Verdict, string? Answer = null)
{
    public static readonly Step Continue;
    public static readonly Step Break = new(new Verdict(VerdictKind.Break));
    public static readonly Step Accept = new(Netfilter.Verdict.Accept);
    public static readonly Step Drop = new(Netfilter.Verdict.Drop);
    public static readonly Step Stolen = new(new Verdict(VerdictKind.Stolen));
    public static readonly Step Queue = new(new Verdict(VerdictKind.Queue));

    /// <summary>Nobody can tell what happens here.</summary>
    public static readonly Step Unknown = new(new Verdict(VerdictKind.Unknown));

    public static Step Match(bool matches) => matches ? Continue : Break;

    public static Step Reject(string answer) => new(Netfilter.Verdict.Drop, answer);
}
