// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KubeWgDiag.Operator.Intake.Sharing;

/// <summary>Reads a record; equal ones become one object.</summary>
internal sealed class SharedRecordConverter<T> : JsonConverter<T>
    where T : class
{
    private readonly ObjectPool<T> _pool = new(EqualityComparer<T>.Default);

    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T))) is { } item ? _pool.Share(item) : null;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
}
