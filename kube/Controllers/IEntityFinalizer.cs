// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// What has to be cleaned up before an object may go. It is called while the object is being deleted, again after every failure,
/// and possibly again after a success, so it must be repeatable; finalizers of others may have run or not.
/// </summary>
/// <typeparam name="TEntity">Type of the objects.</typeparam>
public interface IEntityFinalizer<TEntity>
    where TEntity : class, IKubernetesObject
{
    /// <summary>Cleans up; after a success its entry is removed and the object may vanish.</summary>
    Task<ReconciliationResult<TEntity>> FinalizeAsync(TEntity entity, CancellationToken cancellationToken);
}
