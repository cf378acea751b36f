// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.Events;

/// <summary>One event and how often it has happened since it was created.</summary>
internal sealed class EventSeriesState(Event first, long seenAt)
{
    /// <summary>As it was created; all of it but the series is immutable.</summary>
    public Event First { get; } = first;

    public int Count { get; private set; } = 1;

    /// <summary>The count that the server has.</summary>
    public int WrittenCount { get; set; } = 1;

    public DateTimeOffset LastObserved { get; private set; } = first.EventTime!.Value;

    /// <summary>Timestamp of the last occurrence.</summary>
    public long SeenAt { get; private set; } = seenAt;

    /// <summary>Timestamp of the last write.</summary>
    public long WrittenAt { get; set; } = seenAt;

    /// <summary>It happened again.</summary>
    public void Again(DateTimeOffset at, long now)
    {
        if (Count < int.MaxValue) Count++;
        (LastObserved, SeenAt) = (at, now);
    }

    /// <summary>The event with its series, to be created where the server has lost it.</summary>
    public Event Whole() => Count < 2 ? First : First with { Series = new EventSeries { Count = Count, LastObservedTime = LastObserved } };

    /// <summary>JSON merge patch of the series.</summary>
    public byte[] Patch()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("series"u8);
            json.WriteNumber("count"u8, Count);
            json.WriteString("lastObservedTime"u8, LastObserved.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
