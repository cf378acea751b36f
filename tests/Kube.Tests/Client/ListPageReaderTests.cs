// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class ListPageReaderTests
{
    private const int Limit = 1 << 20;
    private readonly Kept _kept = new();

    [Fact]
    public async Task ReadAsync_OneObjectOfAnotherShape_IsSkippedByNameAndTheOthersAreRead()
    {
        var reader = new ListPageReader<Widget>(Widget.Type, _kept, Limit);

        ListMeta? meta = await ReadAsync(reader, """
            {"kind":"WidgetList","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"},"spec":{"min":"many"}},
            {"metadata":{"name":7}},null,3,[],{"spec":{}},{"metadata":{"name":"c"}}],"metadata":{"resourceVersion":"9","continue":"t"},"later":{"x":[1]}}
            """);

        _kept.Items.ShouldBe(["a", "c"]);
        _kept.Keys.ShouldBe([new ObjectKey(null, "b"), null, null, null, null, null]);
        (reader.Skipped, meta!.ResourceVersion, meta.Continue).ShouldBe((6, "9", "t"));
        reader.FirstProblem!.ShouldStartWith("b: ");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("")]
    [InlineData("""{"metadata":{"resourceVersion":"9"}}""")]
    [InlineData("""{"items":{"a":1},"metadata":{}}""")]
    [InlineData("""{"items":[{"metadata":{"name":"a"}}]""")]
    [InlineData("""{"items":[{"metadata":{"name":"a"}}],"metadata":[]}""")]
    [InlineData("""{"items":[}""")]
    public async Task ReadAsync_WhatIsNoList_IsAnErrorAndNotAnEmptyList(string json) =>
        await Should.ThrowAsync<JsonException>(() => ReadAsync(new ListPageReader<Widget>(Widget.Type, _kept, Limit), json).AsTask());

    [Fact]
    public async Task ReadAsync_InSinglesBytes_ReadsTheSame()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Answers.List("5", "t", "a", "b", "c"));

        ListMeta? meta = await new ListPageReader<Widget>(Widget.Type, _kept, Limit).ReadAsync(new Pieces([bytes], 1), CancellationToken.None);

        _kept.Items.ShouldBe(["a", "b", "c"]);
        meta!.Continue.ShouldBe("t");
    }

    [Fact]
    public async Task ReadAsync_AnObjectOverTheLimit_IsAnError() =>
        await Should.ThrowAsync<BodyTooLargeException>(() =>
            ReadAsync(new ListPageReader<Widget>(Widget.Type, _kept, 1000), Answers.List("5", null, new string('a', 500_000))).AsTask());

    [Fact]
    public async Task ReadAsync_ThousandsOfLargeObjects_NeverHoldsMoreThanAFew()
    {
        const int Count = 2_000;
        const int Weight = 30 << 10;
        var body = new Pieces(Bodies(Count, Weight), 16 << 10);
        long most = 0;
        int seen = 0;
        var watching = new Kept { OnAdd = () => most = Math.Max(most, body.Given - (++seen * (long)Weight)) };

        await new ListPageReader<Widget>(Widget.Type, watching, Limit).ReadAsync(body, CancellationToken.None);

        seen.ShouldBe(Count);
        body.Given.ShouldBeGreaterThan(Count * (long)Weight);
        // What was taken from the network and not yet given away.
        most.ShouldBeLessThan(8 * Weight);
    }

    [Property(MaxTest = 1000)]
    public void ReadAsync_AnyByteChanged_IsReadOrRefusedAndNeverABug(ushort position, byte value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Answers.List("5", "t", "a", "b"));
        bytes[position % bytes.Length] = value;

        // The stream is in memory, so the task has ended when it is returned.
        Task<ListMeta?> read = new ListPageReader<Widget>(Widget.Type, new Kept(), Limit).ReadAsync(new MemoryStream(bytes), CancellationToken.None).AsTask();

        read.IsCompleted.ShouldBeTrue();
        (read.Exception?.InnerException is null or JsonException).ShouldBeTrue(read.Exception?.ToString());
    }

    private static ValueTask<ListMeta?> ReadAsync(ListPageReader<Widget> reader, string json) =>
        reader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(json)), CancellationToken.None);

    private static IEnumerable<byte[]> Bodies(int count, int weight)
    {
        yield return """{"metadata":{"resourceVersion":"9"},"items":["""u8.ToArray();
        for (int i = 0; i < count; i++)
        {
            string item = string.Create(CultureInfo.InvariantCulture, $$$"""{"metadata":{"name":"n{{{i}}}"},"facts":"{{{new string('x', weight)}}}"}{{{(i < count - 1 ? "," : "]}")}}}""");
            yield return Encoding.ASCII.GetBytes(item);
        }
    }

    private sealed class Kept : IListReceiver<Widget>
    {
        public List<string?> Items { get; } = [];

        public List<ObjectKey?> Keys { get; } = [];

        public Action OnAdd { get; init; } = () => { };

        public void Restart() => Items.Clear();

        public void Add(Widget item)
        {
            Items.Add(item.Metadata.Name);
            OnAdd();
        }

        public void Skip(ObjectKey? key) => Keys.Add(key);
    }

    /// <summary>Gives bytes as a network does: at most so many at a time.</summary>
    private sealed class Pieces(IEnumerable<byte[]> parts, int most) : Stream
    {
        private readonly IEnumerator<byte[]> _parts = parts.GetEnumerator();
        private ReadOnlyMemory<byte> _part;

        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_part.IsEmpty && _parts.MoveNext()) _part = _parts.Current;
            int length = Math.Min(Math.Min(buffer.Length, most), _part.Length);
            _part.Span[..length].CopyTo(buffer.Span);
            _part = _part[length..];
            Given += length;
            return ValueTask.FromResult(length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _parts.Dispose();
            base.Dispose(disposing);
        }
    }
}
