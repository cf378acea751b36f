// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Makes a <see cref="KubeError"/> of what the server sent: the reason decides, then the code, never the text.</summary>
internal static class ErrorMapper
{
    /// <summary>Cause of a 504 for a version that the server has not reached yet.</summary>
    private const string ResourceVersionTooLarge = "ResourceVersionTooLarge";

    /// <summary>Decodes a refusal.</summary>
    /// <param name="httpCode">The HTTP status.</param>
    /// <param name="body">The first part of the body; something in between may have answered with something else than a Status.</param>
    /// <param name="retryAfter">The header, already decoded.</param>
    public static KubeError FromResponse(int httpCode, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        Status? status = TryReadStatus(body);
        return status is null
            ? new KubeError(FromCode(httpCode), string.Create(CultureInfo.InvariantCulture, $"The server answered HTTP {httpCode} without a Status."), null, retryAfter)
            : FromStatus(status, httpCode, retryAfter);
    }

    /// <summary>Decodes a Status, also one that came inside a watch.</summary>
    public static KubeError FromStatus(Status status, int? httpCode = null, TimeSpan? retryAfter = null)
    {
        int code = httpCode ?? status.Code ?? 0;
        KubeErrorKind kind = FromReason(status.Reason) ?? FromCode(code);
        if (kind == KubeErrorKind.ServerError && HasCause(status, ResourceVersionTooLarge)) kind = KubeErrorKind.ResourceVersionTooLarge;
        if (retryAfter is null && status.Details?.RetryAfterSeconds is > 0 and { } seconds) retryAfter = TimeSpan.FromSeconds(seconds);
        return new KubeError(kind, status.Message ?? status.Reason ?? string.Create(CultureInfo.InvariantCulture, $"The server answered {code}."), status, retryAfter);
    }

    /// <summary>The header as a duration; both of its forms.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > now => date - now,
        { Date: not null } => TimeSpan.Zero,
        _ => null,
    };

    private static KubeErrorKind? FromReason(string? reason) => reason switch
    {
        StatusReason.NotFound => KubeErrorKind.NotFound,
        StatusReason.AlreadyExists => KubeErrorKind.AlreadyExists,
        StatusReason.Conflict => KubeErrorKind.Conflict,
        StatusReason.Gone or StatusReason.Expired => KubeErrorKind.Expired,
        StatusReason.Invalid => KubeErrorKind.Invalid,
        StatusReason.BadRequest => KubeErrorKind.BadRequest,
        StatusReason.Forbidden => KubeErrorKind.Forbidden,
        StatusReason.Unauthorized => KubeErrorKind.Unauthorized,
        StatusReason.TooManyRequests => KubeErrorKind.TooManyRequests,
        StatusReason.Timeout or StatusReason.ServerTimeout or StatusReason.InternalError => KubeErrorKind.ServerError,
        _ => null,
    };

    private static KubeErrorKind FromCode(int code) => code switch
    {
        400 => KubeErrorKind.BadRequest,
        401 => KubeErrorKind.Unauthorized,
        403 => KubeErrorKind.Forbidden,
        404 => KubeErrorKind.NotFound,
        409 => KubeErrorKind.Conflict,
        410 => KubeErrorKind.Expired,
        422 => KubeErrorKind.Invalid,
        429 => KubeErrorKind.TooManyRequests,
        >= 500 => KubeErrorKind.ServerError,
        _ => KubeErrorKind.Other,
    };

    private static bool HasCause(Status status, string cause)
    {
        foreach (StatusCause entry in status.Details?.Causes ?? [])
            if (entry?.Reason == cause) return true;
        return false;
    }

    private static Status? TryReadStatus(ReadOnlySpan<byte> body)
    {
        try
        {
            Status? status = JsonSerializer.Deserialize(body, WireJsonContext.Default.Status);
            return status is { Reason: null, Message: null, Code: null } ? null : status;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
