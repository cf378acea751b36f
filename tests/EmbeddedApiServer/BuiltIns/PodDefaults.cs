// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.BuiltIns;

/// <summary>The defaults of a pod spec.</summary>
internal static class PodDefaults
{
    public static void Apply(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("schedulerName", "default-scheduler");
        spec.Default("securityContext", new JsonObject());
        if (spec.Text("serviceAccountName") is { } account)
            spec.Default("serviceAccount", account);
        foreach (string list in (string[])["containers", "initContainers"])
        {
            foreach (JsonObject container in spec.Items(list).OfType<JsonObject>())
                Container(container);
        }
    }

    private static void Container(JsonObject container)
    {
        string image = container.Text("image") ?? "";
        container.Default("resources", new JsonObject());
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        bool isLatest = image.EndsWith(":latest", StringComparison.Ordinal) || image.LastIndexOf(':') <= image.LastIndexOf('/');
        container.Default("imagePullPolicy", isLatest ? "Always" : "IfNotPresent");
        foreach (JsonObject port in container.Items("ports").OfType<JsonObject>())
            port.Default("protocol", "TCP");
        foreach (JsonObject field in container.Items("env").Select(variable => variable.Map("valueFrom", "fieldRef")).OfType<JsonObject>())
            field.Default("apiVersion", "v1");
        foreach (string probe in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container[probe] is not JsonObject check)
                continue;
            check.Default("timeoutSeconds", 1);
            check.Default("periodSeconds", 10);
            check.Default("successThreshold", 1);
            check.Default("failureThreshold", 3);
            if (check["httpGet"] is JsonObject http)
            {
                http.Default("path", "/");
                http.Default("scheme", "HTTP");
            }
        }
    }
}
