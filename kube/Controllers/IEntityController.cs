// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// What an operator does with one kind of object. Both methods are level-based: they compare what is with what should be
/// and must not depend on what happened, how often, or in which order.
/// </summary>
/// <typeparam name="TEntity">Type of the objects.</typeparam>
public interface IEntityController<TEntity>
    where TEntity : class, IKubernetesObject
{
    /// <summary>Brings the world nearer to what the object asks for. The object is shared and read-only, and may be behind the server.</summary>
    Task<ReconciliationResult<TEntity>> ReconcileAsync(TEntity entity, CancellationToken cancellationToken);

    /// <summary>
    /// The object is gone; this is the last state that was seen. Called at least once while the program runs; a deletion
    /// while it does not run is never seen, so nothing that matters may hang on this alone.
    /// </summary>
    Task DeletedAsync(TEntity entity, CancellationToken cancellationToken);
}
