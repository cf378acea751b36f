// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Wire;

/// <summary>What a verb answers: an object with a status code, or a refusal.</summary>
internal readonly record struct Answer
{
    public int Code { get; private init; }

    public JsonObject? Body { get; private init; }

    public ApiError? Error { get; private init; }

    public static Answer Ok(JsonObject body) => new() { Code = 200, Body = body };

    public static Answer Created(JsonObject body) => new() { Code = 201, Body = body };

    public static implicit operator Answer(ApiError error) => new() { Code = error.Code, Error = error };
}
