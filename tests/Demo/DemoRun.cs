// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Demo.Cluster;
using KubeWgDiag.Demo.Output;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Demo;

/// <summary>One demonstration from the empty machine to the healed mesh.</summary>
internal sealed class DemoRun(Screen screen, DemoOptions options, Fault? fault)
{
    private const string First = "tunnels";
    private const string Second = "tunnels-after-mending";
    private readonly DiagnosisPrinter _printer = new(screen);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public async Task<int> RunAsync(CancellationToken ct)
    {
        try
        {
            screen.Section($"{options.Nodes} nodes, WireGuard over {(options.Family == Family.V4 ? "IPv4" : "IPv6")}, an API server and the operator");
            await using var cluster = await LabCluster.StartAsync(
                Repository.Cluster(new LabOptions { Nodes = options.Nodes, Families = [options.Family] }) with
                {
                    ProbePath = options.ProbePath,
                    OperatorPath = options.OperatorPath,
                },
                ct);
            screen.Line($"up after {_clock.Elapsed.TotalSeconds:0.0} s, with {(cluster.Lab.KernelWireGuard ? "the kernel's WireGuard" : "wireguard-go (this kernel has no WireGuard)")}");
            screen.Good($"node-1's pod pings the pods of {(options.Nodes == 2 ? "node-2" : $"node-2 to node-{options.Nodes}")}: all answer");
            var code = fault is null ? await ShowHealthyAsync(cluster, ct) : await ShowFaultAsync(cluster, fault, ct);
            if (options.Keep)
                await KeepAsync(cluster, ct);
            return code;
        }
        catch (LabException broken)
        {
            screen.Bad(broken.Message);
            return ExitCodes.Wrong;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            screen.Line("stopped; everything is taken away");
            return options.Keep ? ExitCodes.Shown : ExitCodes.Wrong;
        }
    }

    private async Task<int> ShowHealthyAsync(LabCluster cluster, CancellationToken ct)
    {
        var diagnosis = await DiagnoseAsync(cluster, First, ct);
        var good = diagnosis.IsHealthy() && !diagnosis.Serious().Any();
        return Close(good, good ? "a healthy mesh was found healthy" : "a healthy mesh was not found healthy");
    }

    private async Task<int> ShowFaultAsync(LabCluster cluster, Fault injected, CancellationToken ct)
    {
        var scene = new FaultScene(cluster.Lab, options.Family, new Waiting(screen));
        screen.Section($"Break it: {injected.Name}");
        await injected.InjectAsync(scene, ct);
        screen.Line(injected.Title);
        screen.Line($"what people notice: {injected.Symptom}");

        var diagnosis = await DiagnoseAsync(cluster, First, ct);
        var causes = diagnosis.RootCauses();
        var cause = causes.Count > 0 ? causes[0] : null;
        if (cause is null)
            return Close(false, $"no root cause was found; expected {injected.CodeOver(options.Family)}");
        screen.Section("Root cause");
        _printer.Cause(cause);

        screen.Section("Mend it");
        await MendAsync(scene, cause, ct);
        var after = await DiagnoseAsync(cluster, Second, ct);
        var named = cause.Code == injected.CodeOver(options.Family);
        return Close(
            named && after.IsHealthy(),
            $"injected {injected.CodeOver(options.Family)}, first root cause {cause.Code}; after mending TunnelsHealthy={after.ConditionOf("TunnelsHealthy")?.Status ?? "missing"}");
    }

    private async Task MendAsync(FaultScene scene, RootCauseStatus cause, CancellationToken ct)
    {
        if (cause.Remediation is { Count: > 0 })
        {
            screen.Line("running exactly what the diagnosis says:");
            _printer.Mending(cause);
            await Mender.MendAsync(scene.Lab, cause, told: null, ct);
        }
        else
        {
            screen.Line("no command on a node can mend this; the lab takes the fault back itself");
            await Fault.HealAsync(scene, ct);
        }

        await scene.Lab.WaitUntilHealthyAsync(TimeSpan.FromSeconds(30), ct);
        screen.Good("the pods answer again");
    }

    private async Task<TunnelDiagnosis> DiagnoseAsync(LabCluster cluster, string name, CancellationToken ct)
    {
        var client = new DiagnosisClient(cluster.Client);
        var kubectl = new Kubectl(cluster);
        screen.Section(name == First ? "Diagnose: kubectl apply -f docs/examples/tunneldiagnosis.yaml" : "Diagnose again");
        var yaml = await File.ReadAllTextAsync(Repository.Example, ct);
        if (name != First)
            await client.ApplyAsync(name, (await client.GetAsync(First, ct)).Spec ?? new TunnelDiagnosisSpec(), ct);
        else if (Kubectl.IsInstalled)
            screen.Verbatim((await kubectl.RunAsync(ct, "apply", "-f", Repository.Example)).OutputOrThrow("kubectl apply"));
        else
            await Manifests.ApplyAsync(cluster.Api, yaml, ct);

        var diagnosis = await client.WaitAsync(name, TimeSpan.FromSeconds(150), _printer.Progress(), ct);
        screen.Line();
        if (Kubectl.IsInstalled)
        {
            screen.Dim($"$ kubectl get tunneldiagnosis {name}");
            screen.Verbatim((await kubectl.RunAsync(ct, "get", "tunneldiagnosis", name)).OutputOrThrow("kubectl get"));
            screen.Line();
        }

        _printer.Conditions(diagnosis);
        return diagnosis;
    }

    private async Task KeepAsync(LabCluster cluster, CancellationToken ct)
    {
        screen.Section("Everything keeps running until Ctrl-C");
        screen.Line($"export KUBECONFIG={cluster.Kubeconfig}");
        screen.Line($"metrics: {cluster.Metrics}");
        foreach (var node in cluster.Lab.Nodes)
            screen.Line($"{node.Name}: nsenter -t {node.Host.NetworkPid} -n -m -p -u");
        await Task.Delay(Timeout.Infinite, ct);
    }

    private int Close(bool good, string text)
    {
        screen.Section(good ? "Done" : "This is not what should have come out");
        var line = $"{text} ({_clock.Elapsed.TotalSeconds:0} s)";
        if (good)
            screen.Good(line);
        else
            screen.Bad(line);
        return good ? ExitCodes.Shown : ExitCodes.Wrong;
    }

    private sealed class Waiting(Screen screen) : IProgress<string>
    {
        public void Report(string value) => screen.Dim(value);
    }
}
