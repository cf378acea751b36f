// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;

namespace KubeWgDiag.Cluster.Tests.Operator;

/// <summary>What Prometheus gets from the running program: a meter that nobody connected would be silent here.</summary>
public sealed class MetricsTests : OperatorTest
{
    [Theory]
    [InlineData("rest_client_requests_total{")]
    [InlineData("rest_client_request_duration_seconds_bucket{")]
    [InlineData("workqueue_adds_total{")]
    [InlineData("controller_runtime_max_concurrent_reconciles{")]
    public async Task Metrics_OfTheRunningOperator_HaveTheKubernetesParts(string series)
    {
        var operatorProcess = await Cluster.OperatorAsync();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };

        var text = await http.GetStringAsync(new Uri(operatorProcess.Endpoint, "/metrics"), Stop);

        text.ShouldContain("\n" + series);
    }
}
