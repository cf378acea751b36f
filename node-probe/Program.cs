// SPDX-License-Identifier: Apache-2.0

using System.Reflection;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Commands;
using KubeWgDiag.NodeProbe.Explain;
using KubeWgDiag.NodeProbe.Output;

// The build puts the commit behind a plus sign; a version in a resource or a log is better without it.
var version = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
var collector = new FactsCollector(TimeProvider.System);
return await CommandLine.RunAsync(
    args,
    new ProbeHost
    {
        Output = Terminal.StandardOutput(Environment.GetEnvironmentVariable),
        Error = Console.Error,
        Environment = Environment.GetEnvironmentVariable,
        HostName = Environment.MachineName,
        Version = version,
        Time = TimeProvider.System,
        Collector = collector,
        Explainer = new PacketExplainer(collector, TimeProvider.System),
        Connector = new InClusterConnector(collector, TimeProvider.System, version),
    },
    CancellationToken.None);
