// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// Changes an object that others write too: read, change, replace, and from the read again when somebody was faster. Five tries,
/// 10 ms apart with a tenth of jitter (client-go's RetryOnConflict with its default steps).
/// </summary>
public static class ConflictRetry
{
    private const int MaxTries = 5;
    private const double JitterShare = 0.1;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs until the change is written, is not wanted, or cannot be had.</summary>
    /// <param name="client">Reads and writes.</param>
    /// <param name="type">The resource.</param>
    /// <param name="key">The object.</param>
    /// <param name="change">Makes the new state of the one that was read, which it gets anew on every try; null = it is as it should be.</param>
    /// <param name="time">Clock of the pauses.</param>
    /// <param name="jitter">Numbers in [0, 1).</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>The object as it is now; Conflict when the last try met one too; any other refusal at once.</returns>
    public static async Task<KubeResult<T>> ReplaceAsync<T>(
        IKubernetesClient client, ResourceType<T> type, ObjectKey key, Func<T, T?> change, TimeProvider time, Func<double> jitter, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        for (int attempt = 1; ; attempt++)
        {
            KubeResult<T> read = await client.GetAsync(type, key.Namespace, key.Name, ct);
            if (!read.IsSuccess || change(read.Value) is not { } changed) return read;
            KubeResult<T> written = await client.ReplaceAsync(type, changed, ct);
            if (written.Error?.Kind != KubeErrorKind.Conflict || attempt == MaxTries) return written;
            await Task.Delay(Pause * (1 + (JitterShare * jitter())), time, ct);
        }
    }
}
