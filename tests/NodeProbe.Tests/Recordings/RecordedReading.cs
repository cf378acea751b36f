// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using KubeWgDiag.NodeProbe.WireGuard.Placement;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.NodeProbe.Tests.Recordings;

/// <summary>Runs one of the probe's readers over recorded answers; time stands still, and nothing but the recording is read.</summary>
internal sealed class RecordedReading
{
    private static readonly JsonSerializerOptions Indented = new(FactsJsonContext.Default.Options) { WriteIndented = true };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RecordedKernel _kernel;
    private readonly IReadOnlyList<NamespaceReader> _needed;
    private readonly NamespaceReader _reader;
    private readonly NamespaceFacts? _prepared;

    /// <summary>Prepares the readers that this one builds on, from what was recorded for them.</summary>
    public RecordedReading(string series, string reader)
    {
        _kernel = RecordedKernel.Of(series);
        var chosen = ReaderSelection.Of(NamespaceReaders.All, name => name == reader);
        _reader = chosen.Single(one => one.Name == reader);
        _needed = [.. chosen.Where(one => one.Name != reader)];
        _prepared = Run(_needed, transport: null);
    }

    /// <summary>The facts that the reader makes of its answers.</summary>
    /// <param name="transport">The answers; those of the recording when null.</param>
    public NamespaceFacts Read(INetlinkTransportFactory? transport = null) => Run([_reader], transport ?? _kernel.Answer(_reader.Name));

    /// <summary>What the reader added to the facts, as JSON without times.</summary>
    public string Json(NamespaceFacts facts)
    {
        var before = _prepared is null ? null : JsonSerializer.SerializeToNode(_prepared, FactsJsonContext.Default.NamespaceFacts)!.AsObject();
        var json = JsonSerializer.SerializeToNode(facts, FactsJsonContext.Default.NamespaceFacts)!.AsObject();
        foreach (var (name, value) in json.ToList())
        {
            var isOwn = value is JsonObject fact && fact["source"] is not null && !JsonNode.DeepEquals(value, before?[name])
                && fact["notAvailable"]?["reason"]?.GetValue<string>() != nameof(NotAvailableReason.NotRequested);
            if (!isOwn) json.Remove(name);
            else foreach (var time in new[] { "at", "durationMs" }) value!.AsObject().Remove(time);
        }

        return json.ToJsonString(Indented) + "\n";
    }

    /// <summary>All facts as bytes, to compare two readings; time stands still, so equal readings have equal bytes.</summary>
    public static byte[] Bytes(NamespaceFacts facts) => JsonSerializer.SerializeToUtf8Bytes(facts, FactsJsonContext.Default.NamespaceFacts);

    private NamespaceFacts Run(IReadOnlyList<NamespaceReader> readers, INetlinkTransportFactory? transport)
    {
        var uapi = new Fact<PlacedUapi> { Source = FactSources.UserspaceWireGuard, At = _time.GetUtcNow(), Value = new PlacedUapi([]) };
        var request = new CollectionRequest { NodeName = "recorded", Observation = TimeSpan.Zero };
        var target = new NamespaceTarget("net:[1]", NamespaceTargets.HostName, null);
        var before = _prepared;
        foreach (var reader in readers)
        {
            var answers = transport ?? (_kernel.Readers.Contains(reader.Name) ? _kernel.Answer(reader.Name) : new Silence());
            var environment = new NodeEnvironment { Netlink = answers, ProcRoot = Fixtures.PathOf("proc") };
            var runner = new ReaderRunner(_time, request.ReaderTimeout, CancellationToken.None);
            var reading = new NamespaceReading(target, environment, request, uapi, runner, _time.GetUtcNow());
            if (before is not null) reading.Facts = before;
            reader.Read(reading);
            before = reading.Facts;
        }

        return before!;
    }

    /// <summary>Answers nothing: the machine of the test shall not be read.</summary>
    private sealed class Silence : INetlinkTransportFactory
    {
        private const int ProtocolNotSupported = 93;

        public int TryOpen(int protocol, out INetlinkTransport? transport)
        {
            transport = null;
            return ProtocolNotSupported;
        }
    }
}
