// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Controllers;

/// <summary>A controller of any type, as its host sees it.</summary>
public interface IController
{
    string Name { get; }

    /// <summary>Works until it is cancelled, then finishes what is queued within its grace time. Its informers must have synced.</summary>
    Task RunAsync(CancellationToken ct);
}
