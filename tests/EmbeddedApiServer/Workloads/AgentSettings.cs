// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>What a node agent has to know.</summary>
internal sealed class AgentSettings(ApiServerOptions options, string advertisedHost, int advertisedPort)
{
    /// <summary>Waits double up to here. A kubelet goes to five minutes; a test has no time for that.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public IPodRuntime Runtime { get; } = options.PodRuntime!;

    public string ServiceHost => advertisedHost;

    public string ServicePort => advertisedPort.ToString(CultureInfo.InvariantCulture);

    public Action<string>? Report => options.ReportTo;

    public IReadOnlySet<string> Nodes { get; } = options.Nodes.Where(node => node.Simulated is null).Select(node => node.Name).ToHashSet();

    public TimeSpan Wait(int failures) => Wait(options.RestartBackOff, failures);

    public static TimeSpan Wait(TimeSpan first, int failures)
    {
        double seconds = first.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 20));
        return TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds));
    }
}
