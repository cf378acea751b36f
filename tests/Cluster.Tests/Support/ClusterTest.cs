// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>A test against a server. Its names carry the run's id and a number of their own, so that tests run beside each other.</summary>
public abstract class ClusterTest : IAsyncLifetime, IDisposable
{
    private static int _names;

    internal TestCluster Cluster { get; private set; } = null!;

    internal KubernetesClient Client => Cluster.Client;

    internal ResourceType<Gadget> Gadgets => Cluster.Gadgets;

    internal string Namespace => Cluster.Namespace;

    /// <summary>Ends a test that hangs on a server that does not answer.</summary>
    internal CancellationToken Stop => _stop.Token;

    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(10));

    public virtual async Task InitializeAsync() => Cluster = await TestCluster.GetAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    internal string NewName(string what) => $"kwdtest-{Cluster.Run.Id}-{what}-{Interlocked.Increment(ref _names)}";

    /// <summary>A gadget that bears the run's label and any others.</summary>
    internal Gadget NewGadget(string name, GadgetSpec? spec = null, params (string Key, string Value)[] labels) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = Namespace,
            Labels = new Dictionary<string, string>(Cluster.Run.Labels.Concat(labels.Select(l => KeyValuePair.Create(l.Key, l.Value)))),
        },
        Spec = spec ?? new GadgetSpec { Size = 1 },
    };

    internal async Task<Gadget> CreateGadgetAsync(Gadget gadget) => Value(await Client.CreateAsync(Gadgets, gadget, Stop));

    internal static T Value<T>(KubeResult<T> result)
        where T : class
    {
        result.Error.ShouldBeNull();
        return result.Value!;
    }
}
