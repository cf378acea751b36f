// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Demo.Cluster;
using KubeWgDiag.EmbeddedApiServer;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>One lab with API server and operator, shared by the tests of a class.</summary>
public abstract class ClusterFixture(Family family) : IAsyncLifetime
{
    /// <summary>Long enough to see a lost handshake repeated, which happens every five seconds.</summary>
    private const int ObservationSeconds = 6;

    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);
    private LabCluster? _cluster;
    private string? _missing;
    private int _asked;

    public Family Family => family;

    public LabCluster Cluster
    {
        get
        {
            Skip.If(_missing is not null, _missing);
            return _cluster.ShouldNotBeNull();
        }
    }

    public LabNetwork Lab => Cluster.Lab;

    public DiagnosisClient Diagnoses => new(Cluster.Client);

    public async Task InitializeAsync()
    {
        var missing = await Prerequisites.MissingAsync(CancellationToken.None);
        if (missing.Count > 0)
        {
            _missing = $"the lab needs {string.Join("; ", missing)}";
            return;
        }

        File.Exists(Repository.Probe).ShouldBeTrue($"publish the probe first (make publish): {Repository.Probe}");
        File.Exists(Repository.Operator).ShouldBeTrue($"publish the operator first (make publish): {Repository.Operator}");
        var options = Repository.Cluster(new LabOptions { Families = [family] }) with { WrapRuntime = WrapRuntime };
        _cluster = await LabCluster.StartAsync(options, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    /// <summary>A spec for a short run.</summary>
    public static TunnelDiagnosisSpec Spec(int deadlineSeconds = 90) =>
        new() { ObservationSeconds = ObservationSeconds, DeadlineSeconds = deadlineSeconds };

    /// <summary>Asks under a name that no other test uses.</summary>
    public Task<TunnelDiagnosis> AskAsync(TunnelDiagnosisSpec? spec = null) => Diagnoses.AskAsync(NewName(), spec ?? Spec(), CancellationToken.None);

    public string NewName() => $"tunnels-{Interlocked.Increment(ref _asked)}";

    public Task RecoveredAsync() => Lab.WaitUntilHealthyAsync(Recovery, CancellationToken.None);

    /// <summary>Stands between the node agent and the runtime.</summary>
    protected virtual IPodRuntime WrapRuntime(IPodRuntime runtime) => runtime;
}
