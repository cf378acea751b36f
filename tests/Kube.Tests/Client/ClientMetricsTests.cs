// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class ClientMetricsTests
{
    [Fact]
    public async Task Calls_OfAnyPath_AreCountedByVerbAndCodeOnly()
    {
        using var metrics = new ClientMetrics();
        using var heard = new Heard(metrics);
        FakeApiServer server = await FakeApiServer.StartAsync(context => context.Request.Path.Value!.EndsWith("/absent", StringComparison.Ordinal)
            ? context.StatusAsync(404, "NotFound")
            : context.JsonAsync("""{"metadata":{"name":"a"},"items":[{"metadata":7}]}"""));
        using KubernetesClient client = KubernetesClients.Connect(server, new KubernetesClientOptions { Metrics = metrics, MaxRetries = 0 });

        await client.GetAsync(Widget.Type, null, "a", CancellationToken.None);
        await client.GetAsync(Widget.Type, null, "b", CancellationToken.None);
        await client.GetAsync(Widget.Type, null, "absent", CancellationToken.None);
        await client.ListAsync(Widget.Type, new ListOptions(), CancellationToken.None);
        await server.DisposeAsync();
        await client.CreateAsync(Widget.Type, Widget.Named("a"), CancellationToken.None);

        heard.Counts["rest_client_requests_total method=GET code=200"].ShouldBe(3);
        heard.Counts["rest_client_requests_total method=GET code=404"].ShouldBe(1);
        heard.Counts["rest_client_requests_total method=POST code=<error>"].ShouldBe(1);
        heard.Counts["rest_client_request_duration_seconds verb=GET"].ShouldBe(4);
        heard.Counts["kubewgdiag_client_unreadable_objects_total resource=widgets"].ShouldBe(1);
        heard.Counts.Count.ShouldBe(6);
    }

    /// <summary>Hears the instruments of one object only, so that tests beside this one do not matter.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Lock _lock = new();

        public Heard(ClientMetrics metrics)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (metrics.Owns(instrument)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value > 0 ? 1 : 0, tags));
            _listener.Start();
        }

        public Dictionary<string, long> Counts { get; } = [];

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string key = instrument.Name;
            foreach ((string name, object? text) in tags) key += $" {name}={text}";
            lock (_lock) Counts[key] = Counts.GetValueOrDefault(key) + value;
        }
    }
}
