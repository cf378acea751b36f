// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Events;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Runtime;

/// <summary>The event recorder on a real server: what it sends has to be taken.</summary>
public sealed class EventRecorderTests : ClusterTest
{
    [Fact]
    public async Task Record_TheSameThreeTimes_OneEventThatBecomesASeries()
    {
        var gadget = await CreateGadgetAsync(NewGadget(NewName("told")));
        using var meter = new System.Diagnostics.Metrics.Meter("KubeWgDiag.Cluster.Tests");
        var options = new EventRecorderOptions { ReportingController = "kubewgdiag.io/tests", ReportingInstance = Cluster.Run.Id, FieldManager = "kubewgdiag-tests" };
        var recorder = new EventRecorder(Client, options, new EventMetrics(meter), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = recorder.RunAsync(stop.Token, CancellationToken.None);

        for (var i = 0; i < 3; i++) recorder.Record(Template(gadget, "Repeated", $"time {i}"));
        recorder.Record(Template(gadget, "Other", new string('é', 2000)));
        var events = await Client.UntilAllAsync(
            BuiltInTypes.Event,
            new() { Namespace = Namespace },
            all => Of(all, gadget).Any(e => e.Series is { Count: >= 2 }) && Of(all, gadget).Any(e => e.Reason == "Other"),
            Stop);

        await stop.CancelAsync();
        await running;
        Of(events, gadget).Count().ShouldBe(2);
        var series = Of(events, gadget).Single(e => e.Reason == "Repeated");
        (series.Note, series.ReportingInstance).ShouldBe(("time 0", Cluster.Run.Id));
    }

    private static IEnumerable<Event> Of(IReadOnlyList<Event> events, Gadget gadget) => events.Where(e => e.Regarding?.Uid == gadget.Metadata.Uid);

    private Event Template(Gadget gadget, string reason, string note) => new()
    {
        Metadata = new ObjectMeta { Namespace = Namespace },
        Action = "Test",
        Reason = reason,
        Type = "Normal",
        Note = note,
        Regarding = new ObjectReference
        {
            ApiVersion = Gadgets.ApiVersion,
            Kind = Gadgets.Kind,
            Namespace = Namespace,
            Name = gadget.Metadata.Name,
            Uid = gadget.Metadata.Uid,
        },
    };
}
