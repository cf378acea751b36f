// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>The command line of the server as a program.</summary>
internal sealed record ProgramOptions
{
    public const string Usage = """
        usage: KubeWgDiag.EmbeddedApiServer [options]
          --port N               on 127.0.0.1; any free one when absent
          --kubeconfig FILE      where to write the administrator's kubeconfig
          --crds DIRECTORY       definitions to install, *.yaml
          --nodes N              number of nodes, 3 when absent
          --simulate-pods        pods become ready without processes; otherwise they are placed and stay pending
          --behaviour NAME=N     with --simulate-pods: the next N nodes from the last one on are NotReady, Cordoned, Tainted, Full, ImagePullError or CrashLoop
          --heartbeat SECONDS    with --simulate-pods: every node renews its lease this often
          --watch-window N       changes kept per kind, 1000 when absent
          --watch-window-mib N   replaced versions kept per kind in MiB, 64 when absent
          --no-streaming-lists   refuse sendInitialEvents
          --print-statistics     print who asked for what at the end
        """;

    public int Port { get; private set; }

    public string? Kubeconfig { get; private set; }

    public string? Crds { get; private set; }

    public bool PrintStatistics { get; private set; }

    private int NodeCount { get; set; } = 3;

    private bool SimulatesPods { get; set; }

    private int HeartbeatSeconds { get; set; }

    private int WatchWindow { get; set; } = 1000;

    private int WatchWindowMib { get; set; } = 64;

    private bool StreamsLists { get; set; } = true;

    private List<(NodeBehaviour Behaviour, int Count)> Behaviours { get; } = [];

    /// <summary>Null for a command line that makes no sense.</summary>
    public static ProgramOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new ProgramOptions();
        for (int index = 0; index < arguments.Count; index++)
        {
            if (options.TakeSwitch(arguments[index]))
                continue;
            if (index + 1 == arguments.Count || !options.TakeValue(arguments[index], arguments[index + 1]))
                return null;
            index++;
        }

        return options;
    }

    public ApiServerOptions ToServerOptions() => new()
    {
        LoopbackPort = Port,
        Nodes = [.. Nodes()],
        WatchWindow = WatchWindow,
        WatchWindowBytes = WatchWindowMib * 1024L * 1024,
        StreamsLists = StreamsLists,
        Simulation = new NodeSimulation { Heartbeat = HeartbeatSeconds > 0 ? TimeSpan.FromSeconds(HeartbeatSeconds) : null },
        ReportTo = Console.Error.WriteLine,
    };

    private bool TakeSwitch(string name)
    {
        switch (name)
        {
            case "--simulate-pods":
                SimulatesPods = true;
                return true;
            case "--no-streaming-lists":
                StreamsLists = false;
                return true;
            case "--print-statistics":
                PrintStatistics = true;
                return true;
            default:
                return false;
        }
    }

    private bool TakeValue(string name, string value)
    {
        int number = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int said) ? said : -1;
        switch (name)
        {
            case "--kubeconfig":
                Kubeconfig = value;
                return true;
            case "--crds":
                Crds = value;
                return true;
            case "--port":
                Port = number;
                return number is >= 0 and <= 65535;
            case "--nodes":
                NodeCount = number;
                return number is >= 1 and <= 65_000;
            case "--heartbeat":
                HeartbeatSeconds = number;
                return number > 0;
            case "--watch-window":
                WatchWindow = number;
                return number > 0;
            case "--watch-window-mib":
                WatchWindowMib = number;
                return number > 0;
            case "--behaviour":
                return TakeBehaviour(value);
            default:
                return false;
        }
    }

    private bool TakeBehaviour(string value)
    {
        string[] parts = value.Split('=');
        if (parts.Length != 2 || !Enum.TryParse(parts[0], ignoreCase: true, out NodeBehaviour behaviour) || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            return false;
        Behaviours.Add((behaviour, count));
        return true;
    }

    private IEnumerable<EmbeddedNode> Nodes()
    {
        IReadOnlyList<EmbeddedNode> nodes = NodeSimulation.Nodes(NodeCount);
        if (!SimulatesPods)
            return nodes.Select(node => node with { Simulated = null });
        IEnumerable<NodeBehaviour> fromTheLast = Behaviours.SelectMany(group => Enumerable.Repeat(group.Behaviour, group.Count));
        NodeBehaviour[] special = [.. fromTheLast.Take(nodes.Count)];
        return nodes.Select((node, index) => nodes.Count - 1 - index is var place && place < special.Length ? node with { Simulated = special[place] } : node);
    }
}
