// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.BuiltIns;

/// <summary>What <c>kubectl get</c> prints for the built-in kinds.</summary>
internal static class BuiltInColumns
{
    private static PrinterColumn Name => PrinterColumn.NameColumn;

    private static PrinterColumn Age => PrinterColumn.Age;

    public static IReadOnlyList<PrinterColumn> Namespaces { get; } = [Name, Text("Status", "status", "phase"), Age];

    public static IReadOnlyList<PrinterColumn> ConfigMaps { get; } = [Name, Count("Data", "data"), Age];

    public static IReadOnlyList<PrinterColumn> Secrets { get; } = [Name, Text("Type", "type"), Count("Data", "data"), Age];

    public static IReadOnlyList<PrinterColumn> Roles { get; } = [Name, Created()];

    public static IReadOnlyList<PrinterColumn> Definitions { get; } = [Name, Created()];

    public static IReadOnlyList<PrinterColumn> Leases { get; } = [Name, Text("Holder", "spec", "holderIdentity"), Age];

    public static IReadOnlyList<PrinterColumn> Bindings { get; } =
        [Name, PrinterColumn.Of("Role", "string", item => $"{item.Text("roleRef", "kind")}/{item.Text("roleRef", "name")}"), Age];

    public static IReadOnlyList<PrinterColumn> Services { get; } =
    [
        Name, Text("Type", "spec", "type"), Text("Cluster-IP", "spec", "clusterIP"), PrinterColumn.Of("External-IP", "string", _ => "<none>"),
        PrinterColumn.Of("Port(s)", "string", item => string.Join(',', item.Items("spec", "ports").Select(port => $"{port.Number("port")}/{port.Text("protocol")}"))), Age,
    ];

    public static IReadOnlyList<PrinterColumn> Nodes { get; } =
    [
        Name,
        PrinterColumn.Of("Status", "string", NodeStatus),
        PrinterColumn.Of("Roles", "string", NodeRoles), Age, Text("Version", "status", "nodeInfo", "kubeletVersion"),
        PrinterColumn.Of("Internal-IP", "string", item => item.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == "InternalIP").Text("address") ?? "<none>", 1),
        PrinterColumn.Of("External-IP", "string", _ => "<none>", 1),
        Wide("OS-Image", "status", "nodeInfo", "osImage"), Wide("Kernel-Version", "status", "nodeInfo", "kernelVersion"),
        Wide("Container-Runtime", "status", "nodeInfo", "containerRuntimeVersion"),
    ];

    public static IReadOnlyList<PrinterColumn> Pods { get; } =
    [
        Name,
        PrinterColumn.Of("Ready", "string", item => $"{item.Items("status", "containerStatuses").Count(status => status.Flag("ready"))}/{item.Items("spec", "containers").Count()}"),
        PrinterColumn.Of("Status", "string", PodStatus),
        PrinterColumn.Of("Restarts", "string", item => item.Items("status", "containerStatuses").Sum(status => status.Number("restartCount") ?? 0).ToString(CultureInfo.InvariantCulture)),
        Age, Wide("IP", "status", "podIP"), Wide("Node", "spec", "nodeName"),
        PrinterColumn.Of("Nominated Node", "string", _ => "<none>", 1), PrinterColumn.Of("Readiness Gates", "string", _ => "<none>", 1),
    ];

    public static IReadOnlyList<PrinterColumn> DaemonSets { get; } =
    [
        Name, Number("Desired", "status", "desiredNumberScheduled"), Number("Current", "status", "currentNumberScheduled"), Number("Ready", "status", "numberReady"),
        Number("Up-to-date", "status", "updatedNumberScheduled"), Number("Available", "status", "numberAvailable"),
        PrinterColumn.Of("Node Selector", "string", item => Pairs(item.Map("spec", "template", "spec", "nodeSelector"))), Age,
        PrinterColumn.Of("Containers", "string", item => string.Join(',', item.Items("spec", "template", "spec", "containers").Select(container => container.Text("name"))), 1),
        PrinterColumn.Of("Images", "string", item => string.Join(',', item.Items("spec", "template", "spec", "containers").Select(container => container.Text("image"))), 1),
        PrinterColumn.Of("Selector", "string", item => Pairs(item.Map("spec", "selector", "matchLabels")), 1),
    ];

    public static IReadOnlyList<PrinterColumn> Deployments { get; } =
    [
        Name, PrinterColumn.Of("Ready", "string", item => $"{item.Number("status", "readyReplicas") ?? 0}/{item.Number("spec", "replicas") ?? 0}"),
        Number("Up-to-date", "status", "updatedReplicas"), Number("Available", "status", "availableReplicas"), Age,
    ];

    public static IReadOnlyList<PrinterColumn> CoreEvents { get; } = Events("involvedObject", "message", "lastTimestamp");

    public static IReadOnlyList<PrinterColumn> NewEvents { get; } = Events("regarding", "note", "deprecatedLastTimestamp");

    private static PrinterColumn[] Events(string about, string words, string last) =>
    [
        new("Last Seen", "string", 0, "", (item, time) => Ages.Since(item.Text("series", "lastObservedTime") ?? item.Text(last) ?? item.Text("eventTime"), time) ?? "<unknown>"),
        Text("Type", "type"), Text("Reason", "reason"),
        PrinterColumn.Of("Object", "string", item => $"{item.Text(about, "kind")?.ToLowerInvariant()}/{item.Text(about, "name")}"), Text("Message", words),
        PrinterColumn.NameColumn with { Priority = 1 },
    ];

    private static PrinterColumn Text(string name, params string[] path) => PrinterColumn.Of(name, "string", item => item.Text(path) ?? "<none>");

    private static PrinterColumn Wide(string name, params string[] path) => PrinterColumn.Of(name, "string", item => item.Text(path) ?? "<none>", 1);

    private static PrinterColumn Number(string name, params string[] path) => PrinterColumn.Of(name, "integer", item => item.Number(path) ?? 0);

    private static PrinterColumn Count(string name, string field) => PrinterColumn.Of(name, "string", item => (item.Map(field)?.Count ?? 0).ToString(CultureInfo.InvariantCulture));

    private static PrinterColumn Created() => PrinterColumn.Of("Created At", "date", item => item.Text("metadata", "creationTimestamp"));

    private static string Pairs(JsonObject? map) => map is null or { Count: 0 } ? "<none>" : string.Join(',', map.Select(pair => $"{pair.Key}={pair.Value.Text()}"));

    private static JsonNode? NodeStatus(JsonObject item)
    {
        string ready = item.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready").Text("status") switch
        {
            "True" => "Ready",
            "False" => "NotReady",
            _ => "Unknown",
        };
        return item.Flag("spec", "unschedulable") ? ready + ",SchedulingDisabled" : ready;
    }

    private static JsonNode? NodeRoles(JsonObject item)
    {
        const string Prefix = "node-role.kubernetes.io/";
        string[] roles = [.. (item.Map("metadata", "labels") ?? []).Where(label => label.Key.StartsWith(Prefix, StringComparison.Ordinal)).Select(label => label.Key[Prefix.Length..])];
        return roles.Length == 0 ? "<none>" : string.Join(',', roles);
    }

    private static JsonNode? PodStatus(JsonObject item)
    {
        if (item.Text("metadata", "deletionTimestamp") is not null)
            return "Terminating";
        JsonNode? waiting = item.Items("status", "containerStatuses").FirstOrDefault(status => status.At("state", "waiting") is not null);
        return waiting.Text("state", "waiting", "reason") ?? item.Text("status", "reason") ?? item.Text("status", "phase");
    }
}
