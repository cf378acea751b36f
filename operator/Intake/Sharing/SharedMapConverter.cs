// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KubeWgDiag.Operator.Intake.Sharing;

/// <summary>Reads a dictionary into values whose names are in a shared table; equal values become one array.</summary>
internal sealed class SharedMapConverter<TValue>(StringPool strings, ObjectPool<KeyTable> tables) : JsonConverter<IReadOnlyDictionary<string, TValue>>
{
    private readonly ObjectPool<TValue[]> _values = new(SequenceComparer<TValue>.Instance);

    public override IReadOnlyDictionary<string, TValue>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        var type = (JsonTypeInfo<TValue>)options.GetTypeInfo(typeof(TValue));
        var names = new List<string>();
        var values = new List<TValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            names.Add(strings.Share(reader.GetString()!));
            reader.Read();
            values.Add(JsonSerializer.Deserialize(ref reader, type) ?? throw new JsonException());
        }

        return new KeyedValues<TValue>(TableOf([.. names]), _values.Share([.. values]));
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, TValue> value, JsonSerializerOptions options)
    {
        var type = (JsonTypeInfo<TValue>)options.GetTypeInfo(typeof(TValue));
        writer.WriteStartObject();
        foreach (var (name, item) in value)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, item, type);
        }

        writer.WriteEndObject();
    }

    private KeyTable TableOf(string[] names)
    {
        try
        {
            return tables.Share(new KeyTable(names));
        }
        catch (ArgumentException)
        {
            // The last of two values of one name would win unseen.
            throw new JsonException();
        }
    }
}
