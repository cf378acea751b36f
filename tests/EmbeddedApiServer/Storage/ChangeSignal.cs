// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>Tells a controller that something changed in the kinds it looks at; any number of changes are one signal.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set() => Volatile.Read(ref _set).TrySetResult();

    /// <summary>Completes when there was a change since the last time it completed.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        await Volatile.Read(ref _set).Task.WaitAsync(ct);
        Volatile.Write(ref _set, new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
