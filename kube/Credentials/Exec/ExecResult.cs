// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>What a plugin wrote, checked: a token, or a certificate with its key, or both. A class, so that nothing prints it.</summary>
internal sealed class ExecResult
{
    public const string Kind = "ExecCredential";

    public string? Token { get; private init; }

    public string? Certificate { get; private init; }

    public string? Key { get; private init; }

    /// <summary>Null = good for as long as the process lives.</summary>
    public DateTimeOffset? Expires { get; private init; }

    /// <summary>Decodes a plugin's output; null with a reason that quotes nothing of it.</summary>
    public static ExecResult? TryRead(ReadOnlySpan<byte> output, string apiVersion, out string? problem)
    {
        ExecCredentialWire? wire;
        try
        {
            wire = JsonSerializer.Deserialize(output, ExecJsonContext.Default.ExecCredentialWire);
        }
        catch (JsonException e)
        {
            problem = $"its answer cannot be read at {e.Path ?? "$"}";
            return null;
        }

        problem = Problem(wire, apiVersion);
        if (problem is not null) return null;
        ExecStatusWire status = wire!.Status!;
        return new ExecResult
        {
            Token = NullIfEmpty(status.Token),
            Certificate = NullIfEmpty(status.ClientCertificateData),
            Key = NullIfEmpty(status.ClientKeyData),
            Expires = status.ExpirationTimestamp,
        };
    }

    private static string? Problem(ExecCredentialWire? wire, string apiVersion)
    {
        if (wire?.Kind != Kind) return $"its answer is no {Kind}";
        if (wire.ApiVersion != apiVersion) return $"its answer has another apiVersion than {apiVersion}";
        if (wire.Status is not { } status) return "its answer has no status";
        bool hasToken = !string.IsNullOrEmpty(status.Token);
        bool hasCertificate = !string.IsNullOrEmpty(status.ClientCertificateData);
        bool hasKey = !string.IsNullOrEmpty(status.ClientKeyData);
        if (hasCertificate && !hasKey) return "its answer has status.clientCertificateData without status.clientKeyData";
        if (hasKey && !hasCertificate) return "its answer has status.clientKeyData without status.clientCertificateData";
        if (!hasToken && !hasCertificate) return "its answer has neither status.token nor a certificate";
        return hasToken && status.Token.AsSpan().ContainsAnyExceptInRange('!', '~') ? "status.token holds what cannot be a token" : null;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>ExecCredential as it stands on the wire.</summary>
internal sealed class ExecCredentialWire
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ExecStatusWire? Status { get; init; }
}

/// <summary>Its status.</summary>
internal sealed class ExecStatusWire
{
    public string? Token { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKeyData { get; init; }

    public DateTimeOffset? ExpirationTimestamp { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 64)]
[JsonSerializable(typeof(ExecCredentialWire))]
internal sealed partial class ExecJsonContext : JsonSerializerContext;
