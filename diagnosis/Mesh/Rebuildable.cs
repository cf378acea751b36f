// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>
/// A value that is made when it is asked for. It is kept for good, or, with thousands of nodes in one model, only until the memory is wanted: then it is made
/// again, which gives the same.
/// </summary>
internal sealed class Rebuildable<T>(Func<T> make, bool keep)
    where T : class
{
    private WeakReference<T>? _weak;
    private T? _kept;

    public T Value
    {
        get
        {
            if (_kept is { } kept) return kept;
            if (_weak is not null && _weak.TryGetTarget(out var alive)) return alive;
            var made = make();
            if (keep) _kept = made;
            else if (_weak is null) _weak = new WeakReference<T>(made);
            else _weak.SetTarget(made);
            return made;
        }
    }
}
