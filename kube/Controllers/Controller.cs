// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Queues;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// Joins an informer, a queue and workers to run an <see cref="IEntityController{TEntity}"/>. A key is never worked on twice at
/// a time; an exception is counted and tried again with growing waits, it never ends the controller.
/// </summary>
/// <typeparam name="TEntity">Type of the objects.</typeparam>
public sealed class Controller<TEntity> : IController, IDisposable
    where TEntity : class, IKubernetesObject
{
    private readonly Informer<TEntity> _informer;
    private readonly EntityReconciler<TEntity> _reconciler;
    private readonly ControllerOptions _options;
    private readonly TimeProvider _time;
    private readonly KubeMetrics _metrics;
    private readonly WorkQueue<ObjectKey> _queue;

    /// <summary>Joins the parts; nothing runs before <see cref="RunAsync"/>.</summary>
    public Controller(Informer<TEntity> informer, IEntityController<TEntity> entity, ControllerOptions options, KubeMetrics metrics, TimeProvider time)
    {
        (_informer, _options, _metrics, _time) = (informer, options, metrics, time);
        _reconciler = new EntityReconciler<TEntity>(informer.Store, entity);
        _queue = new WorkQueue<ObjectKey>(time, options.Queue, options.Name, metrics.Queues);
        metrics.Register(options.Name, options.Workers);
        informer.AddHandler(OnChange);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <summary>Reconciles the owners that a child's owner references name whenever the child changes.</summary>
    public Controller<TEntity> Watches<TChild>(Informer<TChild> children)
        where TChild : class, IKubernetesObject => Watches(children, child => OwnerKeys.Of(child, _informer.Type));

    /// <summary>Reconciles the objects that belong to another object whenever that changes.</summary>
    /// <param name="others">Informer of the others; has to be started by the host too.</param>
    /// <param name="keysOf">Keys of the objects that depend on it; asked for the old and for the new state.</param>
    public Controller<TEntity> Watches<TOther>(Informer<TOther> others, Func<TOther, IEnumerable<ObjectKey>> keysOf)
        where TOther : class, IKubernetesObject => Watches(others, keysOf, TimeSpan.Zero);

    /// <summary>
    /// As <see cref="Watches{TOther}(Informer{TOther}, Func{TOther, IEnumerable{ObjectKey}})"/>, for others that change often:
    /// the first change counts at once, those that follow together after a while.
    /// </summary>
    /// <param name="others">Informer of the others; has to be started by the host too.</param>
    /// <param name="keysOf">Keys of the objects that depend on it; asked for the old and for the new state.</param>
    /// <param name="atMostEvery">Shortest time between two reconciliations of one object for this reason; zero = no thinning.</param>
    public Controller<TEntity> Watches<TOther>(Informer<TOther> others, Func<TOther, IEnumerable<ObjectKey>> keysOf, TimeSpan atMostEvery)
        where TOther : class, IKubernetesObject
    {
        SpacedKeys? spacing = atMostEvery > TimeSpan.Zero ? new SpacedKeys(atMostEvery, _time) : null;
        others.AddHandler(change =>
        {
            WorkPriority priority = PriorityOf(others);
            IEnumerable<ObjectKey> old = change.Old is null ? [] : keysOf(change.Old);
            IEnumerable<ObjectKey> now = change.New is null ? [] : keysOf(change.New);
            foreach (ObjectKey key in old.Union(now)) _queue.AddAfter(key, spacing?.Next(key) ?? TimeSpan.Zero, priority);
        });
        return this;
    }

    /// <summary>
    /// Adds a clean-up that has to succeed before an object may go. Objects get its identifier before their first
    /// reconciliation; while they are being deleted they are finalized and not reconciled.
    /// </summary>
    /// <param name="client">Writes the identifier; needs the right to patch the objects.</param>
    /// <param name="identifier">Qualified name such as <c>example.org/clean-up</c>, which stays with the objects for their life.</param>
    /// <param name="finalizer">The clean-up; several are called in the order of their addition.</param>
    public Controller<TEntity> WithFinalizer(IKubernetesClient client, string identifier, IEntityFinalizer<TEntity> finalizer)
    {
        if (identifier.IndexOf('/', StringComparison.Ordinal) is var slash && (slash < 1 || slash == identifier.Length - 1))
            throw new ArgumentException("The API takes qualified names only.", nameof(identifier));
        _reconciler.Finalizers ??= new FinalizerSet<TEntity>(client, _informer.Type, _options.FieldManager ?? Name, _time);
        _reconciler.Finalizers.Add(identifier, finalizer);
        return this;
    }

    /// <summary>Asks for a reconciliation from outside, e.g. because a time has come.</summary>
    public void Enqueue(ObjectKey key) => _queue.Add(key);

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        await using CancellationTokenRegistration stopping = stop.Register(_queue.ShutDown);
        var worker = new ReconcileWorker<TEntity>(_queue, _reconciler, _options, (_informer.Type.Kind, _metrics), _time);
        await Task.WhenAll(Enumerable.Range(0, Math.Max(1, _options.Workers)).Select(_ => worker.RunAsync(abort)));
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    // Handlers are told the first list before the informer counts as synced.
    private static WorkPriority PriorityOf(IInformer informer) => informer.HasSynced ? WorkPriority.Normal : WorkPriority.Low;

    private void OnChange(ObjectChange<TEntity> change)
    {
        if (change.New is null && change.Old is not null) _reconciler.Gone(change.Key, change.Old);
        _queue.Add(change.Key, PriorityOf(_informer));
    }
}
