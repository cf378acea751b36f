// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.EmbeddedApiServer;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>
/// The container runtime of the lab's nodes. It knows one image, the probe's, and starts the published program in the node's network,
/// mount and PID namespaces (the pod asks for the host's network and PIDs), with the pod's environment and service account.
/// </summary>
internal sealed class ProbeRuntime(LabNetwork lab, string probePath) : IPodRuntime
{
    public const string Image = "localhost/kubewgdiag-probe:lab";

    private const string ServiceAccountMount = "/var/run/secrets/kubernetes.io/serviceaccount";

    public async Task<IPodProcess> StartAsync(PodStart pod, CancellationToken ct)
    {
        if (pod.Image != Image)
            throw new PodRefusedException("ErrImagePull", $"the lab has the image {Image} only, not {pod.Image}");
        var node = lab.Nodes.FirstOrDefault(n => n.Name == pod.Node)
            ?? throw new PodRefusedException("RunContainerError", $"the lab has no node {pod.Node}");

        // A mount namespace of the pod's own lets several probes on a node each see their own service account.
        var program = string.Join(' ', pod.Args.Prepend(probePath).Select(Shell.Quote));
        var variables = string.Join(' ', Environment(pod).Select(v => Shell.Quote($"{v.Key}={v.Value}")));
        var inside = $"mount --bind {Shell.Quote(pod.ServiceAccountDirectory)} {ServiceAccountMount} && exec env -i {variables} {program}";
        var process = await NodeProcess.StartAsync(node.Host, $"exec unshare --mount sh -c {Shell.Quote(inside)}", ct);
        return new ProbePod(process);
    }

    // The runtime's diagnostic socket would be left in the host's /tmp when a probe is killed.
    private static IEnumerable<KeyValuePair<string, string>> Environment(PodStart pod) =>
        pod.Environment.Append(new("DOTNET_EnableDiagnostics", "0"));

    private sealed class ProbePod(NodeProcess process) : IPodProcess
    {
        public Task<int> Exited => process.Exited;

        public string LogTail => process.LogTail;

        public Task StopAsync(TimeSpan grace) => process.StopAsync(grace);
    }
}
