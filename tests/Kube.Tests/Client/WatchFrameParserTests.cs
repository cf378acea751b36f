// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class WatchFrameParserTests
{
    private static readonly byte[] Sample = Encoding.UTF8.GetBytes(Answers.Frame("MODIFIED", "a", "7").TrimEnd());

    [Fact]
    public void Parse_RecordedStream_GivesItsEvents()
    {
        List<WatchEvent<Widget>> events = Recorded("watch from a version: added, modified, deleted");

        events.Select(item => item.Type).ShouldBe(
            [WatchEventType.Added, WatchEventType.Modified, WatchEventType.Modified, WatchEventType.Deleted, WatchEventType.Bookmark]);
        events[^1].ResourceVersion.ShouldBe("356");
        events.Take(4).ShouldAllBe(item => item.Object!.Metadata.Name != null && item.ResourceVersion == item.Object.Metadata.ResourceVersion);
    }

    [Fact]
    public void Parse_RecordedTooOldVersion_IsAnExpiredError()
    {
        WatchEvent<Widget> only = Recorded("watch as of version 1 (compacted or too old)").ShouldHaveSingleItem();

        only.Type.ShouldBe(WatchEventType.Error);
        only.Error!.Kind.ShouldBe(KubeErrorKind.Expired);
    }

    [Fact]
    public void Parse_RecordedStreamingList_MarksTheEndOfTheInitialEvents()
    {
        List<WatchEvent<Widget>> events = Recorded("streaming list");

        WatchEvent<Widget> mark = events.Where(frame => frame.IsInitialEventsEnd).ShouldHaveSingleItem();
        mark.Type.ShouldBe(WatchEventType.Bookmark);
        mark.ResourceVersion.ShouldNotBeNullOrEmpty();
        events.TakeWhile(frame => frame != mark).ShouldAllBe(frame => frame.Type == WatchEventType.Added);
    }

    [Theory]
    [InlineData("ADDED", WatchEventType.Unknown)]
    [InlineData("MODIFIED", WatchEventType.Unknown)]
    [InlineData("DELETED", WatchEventType.Deleted)]
    public void Parse_UnreadableObjectWithAName_SaysWhichOneAndStillKnowsADeletion(string word, WatchEventType expected)
    {
        WatchEvent<Widget> frame = Parse("""{"type":"WORD","object":{"metadata":{"name":"a"},"spec":{"min":[]}}}""".Replace("WORD", word, StringComparison.Ordinal));

        (frame.Type, frame.Object, frame.Key).ShouldBe((expected, null, new ObjectKey(null, "a")));
        frame.Error!.Kind.ShouldBe(KubeErrorKind.Malformed);
    }

    [Fact]
    public void Parse_ObjectBeforeType_IsUnderstood()
    {
        WatchEvent<Widget> frame = Parse("""{"object":{"metadata":{"name":"a","resourceVersion":"7"}},"extra":[1,{"type":"X"}],"type":"ADDED"}""");

        frame.Type.ShouldBe(WatchEventType.Added);
        frame.Object!.Metadata.Name.ShouldBe("a");
    }

    [Theory]
    [InlineData("""{"type":"PAUSED","object":{"metadata":{"name":"a"}}}""")]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""{"object":{"metadata":{}}}""")]
    [InlineData("""{"type":"ADDED","object":null}""")]
    [InlineData("""{"type":"ADDED","object":{"spec":{}}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":7}}}""")]
    [InlineData("""{"type":7,"object":{"metadata":{}}}""")]
    [InlineData("""["ADDED"]""")]
    [InlineData("nothing")]
    public void Parse_WhatItDoesNotKnow_IsAnUnknownEventWithAReason(string line)
    {
        WatchEvent<Widget> frame = Parse(line);

        frame.Type.ShouldBe(WatchEventType.Unknown);
        frame.Error!.Kind.ShouldBe(KubeErrorKind.Malformed);
    }

    [Fact]
    public void Parse_TooDeep_IsAnUnknownEvent() =>
        Parse($$$"""{"type":"ADDED","object":{"metadata":{},"x":{{{new string('[', 200)}}}{{{new string(']', 200)}}}}}""").Type.ShouldBe(WatchEventType.Unknown);

    [Fact]
    public void Parse_EveryPrefix_IsUnknownAndNeverThrows()
    {
        for (int length = 0; length < Sample.Length; length++)
            WatchFrameParser.Parse(new ReadOnlySequence<byte>(Sample, 0, length), Widget.Type).Type.ShouldBe(WatchEventType.Unknown);
    }

    [Property(MaxTest = 2000)]
    public void Parse_AnyByteChanged_NeverThrows(ushort position, byte value)
    {
        byte[] bytes = [.. Sample];
        bytes[position % bytes.Length] = value;

        WatchFrameParser.Parse(new ReadOnlySequence<byte>(bytes), Widget.Type).ShouldNotBeNull();
    }

    private static WatchEvent<Widget> Parse(string line) => WatchFrameParser.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)), Widget.Type);

    private static List<WatchEvent<Widget>> Recorded(string note)
    {
        JsonArray frames = Recording.Exchange("06-watch.json", note)["response"]!["frames"]!.AsArray();
        return [.. frames.Select(frame => Parse(frame!.ToJsonString()))];
    }
}
