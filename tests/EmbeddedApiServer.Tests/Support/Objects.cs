// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Support;

/// <summary>Objects that several tests need.</summary>
internal static class Objects
{
    public const string Widgets = "/apis/example.dev/v1alpha1/widgets";
    public const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    public const string DaemonSet = "/apis/apps/v1/namespaces/default/daemonsets/probe";

    public static JsonNode WidgetDefinition() => Recordings.Exchange.LoadAll()[0].Request["body"]!.DeepClone();

    public static JsonObject Widget(string name, string nodeName = "n1") => new()
    {
        ["apiVersion"] = "example.dev/v1alpha1",
        ["kind"] = "Widget",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["nodeName"] = nodeName },
    };

    public static JsonNode Daemons(string image = "known:1", string podSpec = "") => JsonNode.Parse($$"""
        {
          "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": { "name": "probe", "namespace": "default" },
          "spec": {
            "selector": { "matchLabels": { "app": "probe" } },
            "template": {
              "metadata": { "labels": { "app": "probe", "kubewgdiag.io/diagnosis-uid": "u-1" } },
              "spec": {
                {{podSpec}}
                "containers": [ { "name": "probe", "image": "{{image}}", "args": [ "run" ], "env": [
                  { "name": "NODE_NAME", "valueFrom": { "fieldRef": { "fieldPath": "spec.nodeName" } } },
                  { "name": "DIAGNOSIS_UID", "valueFrom": { "fieldRef": { "fieldPath": "metadata.labels['kubewgdiag.io/diagnosis-uid']" } } },
                  { "name": "HOST_IP", "valueFrom": { "fieldRef": { "fieldPath": "status.hostIP" } } },
                  { "name": "PLAIN", "value": "x" } ] } ]
              }
            }
          }
        }
        """)!;

    public static IReadOnlyList<EmbeddedNode> Nodes(int count) =>
    [
        .. Enumerable.Range(1, count).Select(index => new EmbeddedNode($"node-{index}", new Dictionary<string, string> { ["zone"] = index == 1 ? "a" : "b" }, [$"192.0.2.{index}"], [])),
    ];
}
