// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Wire;

/// <summary>What a verb answers: an object with a status code, or a refusal.</summary>
internal readonly record struct Answer
{
    private readonly JsonObject? _body;
    private readonly ApiResource? _resource;

    private Answer(int code, JsonObject? body, ApiResource? resource, StoredObject? item)
    {
        Code = code;
        _body = body;
        _resource = resource;
        Item = item;
    }

    public int Code { get; private init; }

    /// <summary>The object as the version that was asked shows it.</summary>
    public JsonObject? Body => _body ?? (Item is null ? null : _resource!.Show(Item));

    /// <summary>The version that was written; null when nothing was.</summary>
    public StoredObject? Item { get; }

    public ApiError? Error { get; private init; }

    public static Answer Ok(JsonObject body) => new(200, body, null, null);

    public static Answer Ok(ApiResource resource, StoredObject written) => new(200, null, resource, written);

    public static Answer Created(JsonObject body) => new(201, body, null, null);

    public static Answer Created(ApiResource resource, StoredObject written) => new(201, null, resource, written);

    public static implicit operator Answer(ApiError error) => new() { Code = error.Code, Error = error };
}
