// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Informers;

/// <summary>An informer of any type, as its host sees it.</summary>
public interface IInformer
{
    /// <summary>The resource's plural, for people.</summary>
    string Name { get; }

    /// <summary>Whether the first list is in the store and was told to every handler.</summary>
    bool HasSynced { get; }

    /// <summary>Follows the server until it is cancelled; once.</summary>
    Task RunAsync(CancellationToken ct);

    /// <summary>Waits for <see cref="HasSynced"/>; false when the time is over.</summary>
    Task<bool> WaitForSyncAsync(TimeSpan limit, CancellationToken ct);
}
