// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer;

/// <summary>How to start an <see cref="ApiServer"/>.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Port on 127.0.0.1; 0: any free one.</summary>
    public int LoopbackPort { get; init; }

    /// <summary>
    /// File descriptors of TCP sockets that already listen, made in other network namespaces. The server owns and closes them. Who made one
    /// as a <c>Socket</c> calls <c>SafeHandle.SetHandleAsInvalid()</c> after the start and does not dispose it (Dispose would wait for ever).
    /// </summary>
    public IReadOnlyList<ulong> ExtraListenHandles { get; init; } = [];

    /// <summary>Further IP addresses or DNS names for the server's certificate.</summary>
    public IReadOnlyList<string> ExtraSubjectNames { get; init; } = [];

    public IReadOnlyList<EmbeddedNode> Nodes { get; init; } = [];

    /// <summary>Starts the processes of pods. Without one, pods are scheduled and then stay pending.</summary>
    public IPodRuntime? PodRuntime { get; init; }

    /// <summary>Whether Deployments get pods; if not, they are stored and nothing else. Off, because a runtime may know only the images of daemons.</summary>
    public bool RunsDeployments { get; init; }

    /// <summary>How the nodes behave that have no processes.</summary>
    public NodeSimulation Simulation { get; init; } = new();

    /// <summary>What pods find in KUBERNETES_SERVICE_HOST; 127.0.0.1 when not given.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>What pods find in KUBERNETES_SERVICE_PORT; the loopback port when not given.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>Told what goes wrong in the background, one line each.</summary>
    public Action<string>? ReportTo { get; init; }

    /// <summary>Changes kept per kind for watches and paged lists; what is older answers 410.</summary>
    public int WatchWindow { get; init; } = 1000;

    /// <summary>Bytes of replaced and deleted versions kept per kind for the same; the smaller bound counts.</summary>
    public long WatchWindowBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether watches may begin with all objects (sendInitialEvents); if not, they are refused with 422 as by an old server.</summary>
    public bool StreamsLists { get; init; } = true;

    /// <summary>Faults that requests meet; switched off until somebody switches them on.</summary>
    public RequestFaults Faults { get; init; } = new(seed: 1);

    /// <summary>Lifetime of the tokens in pods; they are renewed at 80 percent of it.</summary>
    public TimeSpan PodTokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>First wait before a pod's process is started again (doubled up to 30 s). A kubelet waits 10 s.</summary>
    public TimeSpan RestartBackOff { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Clock of everything the server writes and waits for.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
