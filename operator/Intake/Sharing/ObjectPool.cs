// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Intake.Sharing;

/// <summary>
/// Gives one object for equal ones. It holds them weakly, so it keeps nothing alive that no node's facts need, and it has a fixed number of places: what
/// nodes send cannot make it grow.
/// </summary>
internal sealed class ObjectPool<T>(IEqualityComparer<T> comparer)
    where T : class
{
    private const int Slots = 1 << 11;

    private readonly WeakReference<T>?[] _slots = new WeakReference<T>?[Slots];

    /// <summary>The object, or one that is equal to it. Any thread may call this; a lost race costs one copy.</summary>
    public T Share(T item)
    {
        ref var slot = ref _slots[comparer.GetHashCode(item) & (Slots - 1)];
        var known = Volatile.Read(ref slot);
        if (known is not null && known.TryGetTarget(out var shared) && comparer.Equals(shared, item))
            return shared;
        Volatile.Write(ref slot, new WeakReference<T>(item));
        return item;
    }
}
