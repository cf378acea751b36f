// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>Tells a controller that something changed in the kinds it looks at; any number of changes are one signal.</summary>
internal sealed class ChangeSignal
{
    private readonly SemaphoreSlim _ready = new(0, 1);
    private int _isSet;

    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
            _ready.Release();
    }

    /// <summary>Completes when there was a change since the last time it completed.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        await _ready.WaitAsync(ct);
        Volatile.Write(ref _isSet, 0);
    }
}
