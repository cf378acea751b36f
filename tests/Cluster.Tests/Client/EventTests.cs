// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Client;

/// <summary>events.k8s.io: what a server takes, and that only the series may change.</summary>
public sealed class EventTests : ClusterTest
{
    [Fact]
    public async Task Create_ThenSeries_CountAndTimeStand()
    {
        var created = Value(await Client.CreateAsync(BuiltInTypes.Event, NewEvent(await CreateGadgetAsync(NewGadget(NewName("event")))), Stop));
        var patch = Encoding.UTF8.GetBytes("""{"series":{"count":2,"lastObservedTime":"2026-01-02T03:04:05.000006Z"}}""");
        var counted = Value(await Client.MergePatchAsync(BuiltInTypes.Event, Namespace, created.Metadata.Name!, patch, "kubewgdiag-tests", Stop));
        counted.Series!.Count.ShouldBe(2);
        counted.Series.LastObservedTime.ShouldBe(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(6));
        counted.EventTime.ShouldBe(created.EventTime);
    }

    [Fact]
    public async Task Note_IsImmutable_Invalid()
    {
        var created = Value(await Client.CreateAsync(BuiltInTypes.Event, NewEvent(await CreateGadgetAsync(NewGadget(NewName("note")))), Stop));
        var refused = await Client.MergePatchAsync(BuiltInTypes.Event, Namespace, created.Metadata.Name!, """{"note":"other"}"""u8.ToArray(), "kubewgdiag-tests", Stop);
        refused.Error!.Kind.ShouldBe(KubeErrorKind.Invalid);
    }

    [Fact]
    public async Task Create_WithoutReportingController_Invalid()
    {
        var gadget = await CreateGadgetAsync(NewGadget(NewName("nobody")));
        var refused = await Client.CreateAsync(BuiltInTypes.Event, NewEvent(gadget) with { ReportingController = null }, Stop);
        refused.Error!.Kind.ShouldBe(KubeErrorKind.Invalid);
    }

    private Event NewEvent(Gadget gadget) => new()
    {
        Metadata = new ObjectMeta { Name = $"{gadget.Metadata.Name}.{Guid.NewGuid().ToString("N")[..8]}", Namespace = Namespace, Labels = Cluster.Run.Labels },
        EventTime = TimeProvider.System.GetUtcNow(),
        ReportingController = "kubewgdiag.io/tests",
        ReportingInstance = Cluster.Run.Id,
        Action = "Test",
        Reason = "Tested",
        Type = "Normal",
        Note = "first words",
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
