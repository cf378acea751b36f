// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Events;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Tests.Events;

public sealed class EventBuilderTests
{
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(12_345_678);

    private static readonly EventRecorderOptions Options = new()
    {
        ReportingController = "example.dev/widgets",
        ReportingInstance = new string('p', 300),
        FieldManager = "tests",
    };

    [Fact]
    public void Build_NamespacedObject_StandsBesideItWithItsNameAndTheNanoseconds()
    {
        Event built = Build(new ObjectReference { Namespace = "ns", Name = "w" });

        built.Metadata.Namespace.ShouldBe("ns");
        built.Metadata.Name.ShouldBe("w.1f");
        // Microseconds, as the server compares them.
        JsonSerializer.SerializeToElement(built, CoreJsonContext.Default.Event).GetProperty("eventTime").GetString().ShouldBe("2026-03-01T12:00:01.234567Z");
        (built.EventTime!.Value.Ticks % 10).ShouldBe(0);
        built.ReportingInstance!.Length.ShouldBe(128);
    }

    [Fact]
    public void Build_ClusterScopedObject_StandsInDefault() =>
        Build(new ObjectReference { Name = "w" }).Metadata.Namespace.ShouldBe("default");

    [Fact]
    public void Build_LongestName_FitsADnsSubdomain()
    {
        string name = Build(new ObjectReference { Name = new string('a', 235) + "." + new string('b', 17) }).Metadata.Name!;

        name.Length.ShouldBeLessThanOrEqualTo(253);
        name.ShouldNotContain("..");
    }

    [Theory]
    [InlineData("abc", 1024, 3)]
    [InlineData("ü", 600, 1024)]
    [InlineData("€", 600, 1023)]
    [InlineData("😀", 400, 1024)]
    [InlineData("x😀", 400, 1021)]
    public void Build_LongNote_IsCutAtACharacter(string part, int times, int bytes)
    {
        Event built = EventBuilder.Build(Template(new ObjectReference { Name = "w" }) with { Note = part == "abc" ? part : string.Concat(Enumerable.Repeat(part, times)) }, Options, Now, 0x1f)!;

        Encoding.UTF8.GetByteCount(built.Note!).ShouldBeInRange(bytes - 3, bytes);
        built.Note!.ShouldNotContain("\uFFFD");
    }

    [Fact]
    public void Build_BrokenUtf16AndLongWords_AreMadeFit()
    {
        Event built = EventBuilder.Build(Template(new ObjectReference { Name = "w" }) with { Note = "a\uD800b", Reason = new string('é', 100), Action = new string('A', 129) }, Options, Now, 0x1f)!;

        built.Note.ShouldBe("a\uFFFDb");
        built.Reason.ShouldBe(new string('é', 64));
        built.Action!.Length.ShouldBe(128);
    }

    private static Event Build(ObjectReference regarding) => EventBuilder.Build(Template(regarding), Options, Now, 0x1f).ShouldNotBeNull();

    private static Event Template(ObjectReference regarding) =>
        new() { Metadata = new ObjectMeta(), Regarding = regarding, Type = "Normal", Reason = "Happened", Action = "Testing" };
}
