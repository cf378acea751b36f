// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Informers;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>A cache among the parts: it has nothing to finish.</summary>
internal sealed class CachePart(IInformer informer) : IRunnable
{
    public string Name => informer.Name;

    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        try
        {
            await informer.RunAsync(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // As asked.
        }
    }
}
