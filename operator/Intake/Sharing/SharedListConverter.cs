// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KubeWgDiag.Operator.Intake.Sharing;

/// <summary>Reads a list into an array of its exact size; equal arrays become one object, and so do equal items when <paramref name="share"/> is given.</summary>
/// <param name="share">Gives the object to keep for an item; null = the item itself.</param>
internal sealed class SharedListConverter<T>(Func<T, T>? share = null) : JsonConverter<IReadOnlyList<T>>
{
    private readonly ObjectPool<T[]> _pool = new(SequenceComparer<T>.Instance);

    /// <summary>A list of records, of which equal ones become one object.</summary>
    public static SharedListConverter<TRecord> OfRecords<TRecord>()
        where TRecord : class => new(new ObjectPool<TRecord>(EqualityComparer<TRecord>.Default).Share);

    public override IReadOnlyList<T>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var item = JsonSerializer.Deserialize(ref reader, type) ?? throw new JsonException();
            items.Add(share is null ? item : share(item));
        }

        return items.Count == 0 ? [] : _pool.Share([.. items]);
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        writer.WriteStartArray();
        foreach (var item in value)
            JsonSerializer.Serialize(writer, item, type);
        writer.WriteEndArray();
    }
}
