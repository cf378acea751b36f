// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;

/// <summary>Where an unknown value comes from, so that two questions about the same thing get the same answer on one way.</summary>
/// <param name="Property">What is missing, in words.</param>
/// <param name="From">The value it was computed from; null when it is the property itself.</param>
/// <param name="By">The expression that computed it.</param>
/// <param name="Version">Tells one unknown value of a property from the next one, after a rule has changed it.</param>
internal sealed record UnknownOrigin(string Property, UnknownOrigin? From = null, Expression? By = null, int Version = 0)
{
    public static readonly UnknownOrigin Unset = new("a register no expression has written");
}

/// <summary>Yes, no, or it cannot be told.</summary>
internal enum Tri
{
    No,
    Yes,
    Unknown,
}

internal static class TriMath
{
    public static Tri Of(bool value) => value ? Tri.Yes : Tri.No;

    public static Tri Not(Tri value) => value switch { Tri.No => Tri.Yes, Tri.Yes => Tri.No, _ => Tri.Unknown };

    public static Tri Invert(Tri value, bool inverted) => inverted ? Not(value) : value;

    public static Tri And(Tri a, Tri b) => a == Tri.No || b == Tri.No ? Tri.No : a == Tri.Yes && b == Tri.Yes ? Tri.Yes : Tri.Unknown;

    public static Tri Or(Tri a, Tri b) => a == Tri.Yes || b == Tri.Yes ? Tri.Yes : a == Tri.No && b == Tri.No ? Tri.No : Tri.Unknown;
}
