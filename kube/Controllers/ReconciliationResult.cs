// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>How a reconciliation ended.</summary>
/// <typeparam name="TEntity">Type of the objects.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "the ways to make a result")]
public sealed record ReconciliationResult<TEntity>
    where TEntity : class, IKubernetesObject
{
    private ReconciliationResult(TEntity entity, string? errorMessage, TimeSpan? requeueAfter) =>
        (Entity, ErrorMessage, RequeueAfter) = (entity, errorMessage, requeueAfter);

    public TEntity Entity { get; }

    /// <summary>Set exactly when it failed.</summary>
    public string? ErrorMessage { get; }

    /// <summary>When to come back without a change; null = not (after success) or with growing waits (after failure).</summary>
    public TimeSpan? RequeueAfter { get; }

    /// <summary>It failed and only a change of the object can help: it is counted and not tried again.</summary>
    public bool IsTerminal { get; private init; }

    [MemberNotNullWhen(false, nameof(ErrorMessage))]
    public bool IsSuccess => ErrorMessage is null;

    public static ReconciliationResult<TEntity> Success(TEntity entity, TimeSpan? requeueAfter = null) => new(entity, null, requeueAfter);

    public static ReconciliationResult<TEntity> Failure(TEntity entity, string errorMessage, TimeSpan? requeueAfter = null) =>
        new(entity, errorMessage, requeueAfter);

    /// <summary>A failure that waits for the object to change.</summary>
    public static ReconciliationResult<TEntity> TerminalFailure(TEntity entity, string errorMessage) =>
        new(entity, errorMessage, null) { IsTerminal = true };
}
