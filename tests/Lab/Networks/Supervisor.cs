// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab.Networks;

/// <summary>
/// The one process tree that holds every namespace of a lab. Its root is PID 1 of a PID namespace and reads a pipe that only this
/// process can write to: when this process ends, however it ends, the kernel closes the pipe, the root leaves, and the kernel kills
/// everything in the PID namespace and drops the network namespaces with their devices. Nothing gets a name in /run/netns.
/// </summary>
public sealed class Supervisor : IAsyncDisposable
{
    // In the host's /proc a process reads its own pid as the host counts it. The pod may come to that after the node has mounted its
    // own /proc, so the host's is kept as an open folder until both have said their pids.
    // The read-only root keeps a mending command (or a mistake) away from the host's files; /run is the node's own. So is /etc: links to the machine's
    // files, but what configures networks is the node's alone, and empty.
    private const string NodeScript = """
        read -r me rest </proc/self/stat
        exec 9</proc
        unshare --net sh -c 'read -r me rest </proc/self/fd/9/self/stat; exec 9<&-; echo "pod $0 $me"; exec sleep infinity' "$0" &
        exec 9<&-
        hostname "node-$0"
        mount -t proc proc /proc && mount -t sysfs sysfs /sys && mount -t tmpfs -o mode=755 tmpfs /run &&
        mkdir -p /run/wireguard /run/netns /run/flannel /run/secrets/kubernetes.io/serviceaccount &&
        { [ "$(readlink -f /var/run)" = /run ] || mount --bind /run /var/run; } &&
        mkdir /run/.etc && mount --rbind /etc /run/.etc && mount -o remount,bind,ro /run/.etc &&
        mount -t tmpfs -o mode=755 tmpfs /etc && ln -s /run/.etc/* /etc/ &&
        rm -f /etc/wireguard /etc/cni /etc/sysctl.d /etc/sysctl.conf /etc/systemd /etc/NetworkManager &&
        mkdir -p -m 700 /etc/wireguard /etc/cni/net.d && mkdir -p /etc/sysctl.d /etc/systemd/network /etc/NetworkManager &&
        mount -o remount,bind,ro / || exit 1
        echo "node $0 $me"
        exec 1>/dev/null
        sleep infinity &
        wait
        """;

    private const string RootScript = """
        read -r me rest </proc/self/stat
        echo "root 0 $me"
        i=1
        while [ $i -le "$1" ]; do
          (unshare --net --mount --pid --uts --fork --kill-child sh -c "$2" $i </dev/null || echo "failed $i 0") &
          i=$((i + 1))
        done
        exec 1>/dev/null
        while read -r line; do :; done
        """;

    private readonly Process _root;

    private Supervisor(Process root, int rootPid, IReadOnlyDictionary<int, int> nodes, IReadOnlyDictionary<int, int> pods)
    {
        _root = root;
        RootPid = rootPid;
        NodePids = nodes;
        PodPids = pods;
    }

    /// <summary>Host pid of the root; its network namespace is the underlay.</summary>
    public int RootPid { get; }

    /// <summary>Host pids by node number (from 1).</summary>
    public IReadOnlyDictionary<int, int> NodePids { get; }

    /// <summary>Host pids of the pods' holders by node number.</summary>
    public IReadOnlyDictionary<int, int> PodPids { get; }

    /// <summary>Starts the root and waits until every namespace stands.</summary>
    public static async Task<Supervisor> StartAsync(int nodes, CancellationToken ct)
    {
        var root = Command.Start(
        [
            "setsid", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child",
            "sh", "-c", RootScript, "kubewgdiag-lab", nodes.ToString(CultureInfo.InvariantCulture), NodeScript,
        ]);
        try
        {
            using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timed.CancelAfter(Command.DefaultLimit);
            var pids = await ReadPidsAsync(root, 1 + (2 * nodes), timed.Token);
            return new Supervisor(root, pids["root"][0], pids["node"], pids["pod"]);
        }
        catch
        {
            root.StandardInput.Close();
            root.Dispose();
            throw;
        }
    }

    /// <summary>Closes the pipe and waits for the kernel to clear away.</summary>
    public async ValueTask DisposeAsync()
    {
        _root.StandardInput.Close();
        using var timed = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _root.WaitForExitAsync(timed.Token);
        }
        catch (OperationCanceledException)
        {
            _root.Kill();
        }

        _root.Dispose();
    }

    private static async Task<Dictionary<string, Dictionary<int, int>>> ReadPidsAsync(Process root, int lines, CancellationToken ct)
    {
        var pids = new Dictionary<string, Dictionary<int, int>> { ["root"] = [], ["node"] = [], ["pod"] = [] };
        for (var i = 0; i < lines; i++)
        {
            var words = (await root.StandardOutput.ReadLineAsync(ct))?.Split(' ');
            if (words is not [var kind, var number, var pid] || !pids.TryGetValue(kind, out var ofKind))
            {
                root.StandardInput.Close();
                throw new LabException($"namespaces could not be made: {(await root.StandardError.ReadToEndAsync(ct)).Trim()}");
            }

            ofKind[int.Parse(number, CultureInfo.InvariantCulture)] = int.Parse(pid, CultureInfo.InvariantCulture);
        }

        return pids;
    }
}
