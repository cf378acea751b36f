// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Commands;
using KubeWgDiag.NodeProbe.Explain;
using KubeWgDiag.NodeProbe.Output;
using KubeWgDiag.NodeProbe.Tests.Agent;
using KubeWgDiag.NodeProbe.Tests.Explain;
using KubeWgDiag.NodeProbe.Tests.Output;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.NodeProbe.Tests.Commands;

/// <summary>A host whose streams are strings and whose node is prepared.</summary>
internal sealed class TestHost(IFactsCollector? collector = null, IPacketExplainer? explainer = null) : IAgentConnector
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public FakeTimeProvider Time { get; } = new(SampleFacts.At);

    /// <summary>Null = this is no pod.</summary>
    public Func<AgentSettings, AgentLog, ProbeAgent>? Agent { get; set; }

    public Task<int> RunAsync(params string[] args) => RunAsync(args, CancellationToken.None);

    public Task<int> RunAsync(string[] args, CancellationToken ct) => CommandLine.RunAsync(
        args,
        new ProbeHost
        {
            Output = new Terminal(new StringWriter(_out), Terminal.DefaultWidth, false),
            Error = new StringWriter(_error),
            Environment = name => Environment.GetValueOrDefault(name),
            HostName = "this-host",
            Version = "1.2.3",
            Time = Time,
            Collector = collector ?? new FakeCollector(),
            Explainer = explainer ?? new FakeExplainer(),
            Connector = this,
        },
        ct);

    public bool TryConnect(AgentSettings settings, AgentLog log, [NotNullWhen(true)] out ProbeAgent? agent, [NotNullWhen(false)] out string? problem)
    {
        agent = Agent?.Invoke(settings, log);
        problem = agent is null ? "not in a cluster" : null;
        return agent is not null;
    }
}
