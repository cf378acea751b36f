// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>What a match says, and what was missing where it cannot be told.</summary>
internal readonly record struct XtAnswer(Tri Value, string? Missing = null)
{
    public static readonly XtAnswer Yes = new(Tri.Yes);
    public static readonly XtAnswer No = new(Tri.No);

    public static XtAnswer Unknown(string missing) => new(Tri.Unknown, missing);

    public static XtAnswer Of(bool value) => value ? Yes : No;

    /// <summary>A test of a value that may be unknown.</summary>
    public static XtAnswer Of<T>(T? value, Func<T, bool> test, string missing)
        where T : struct => value is { } known ? Of(test(known)) : Unknown(missing);

    public XtAnswer Invert(bool inverted) => this with { Value = TriMath.Invert(Value, inverted) };

    public XtAnswer And(XtAnswer other) => Value == Tri.No || other.Value == Tri.No ? No : Value == Tri.Yes ? other : this;

    public XtAnswer Or(XtAnswer other) => Value == Tri.Yes || other.Value == Tri.Yes ? Yes : Value == Tri.No ? other : this;
}
