// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Intake.Sharing;

/// <summary>Arrays with equal items are equal. Items that hold lists are so when these are the same object, which holds once the lists are shared.</summary>
internal sealed class SequenceComparer<T> : IEqualityComparer<T[]>
{
    public static readonly SequenceComparer<T> Instance = new();

    public bool Equals(T[]? x, T[]? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.AsSpan().SequenceEqual(y, EqualityComparer<T>.Default));

    public int GetHashCode(T[] obj)
    {
        var hash = new HashCode();
        hash.Add(obj.Length);
        foreach (var item in obj)
            hash.Add(item);
        return hash.ToHashCode();
    }
}
