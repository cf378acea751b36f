// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Security.Cryptography;

namespace KubeWgDiag.EmbeddedApiServer.Auth;

/// <summary>Service account tokens: JWT signed by a key of this run (ES256), with the claims a real server writes.</summary>
internal sealed class TokenIssuer(TimeProvider time) : IDisposable
{
    private const string Issuer = "https://kubernetes.default.svc";
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Audience => Issuer;

    /// <param name="pod">The pod a token is bound to; null for a token on its own.</param>
    public (string Token, DateTimeOffset Expires) Issue(StoredObject account, StoredObject? pod, StoredObject? node, TimeSpan lifetime)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset expires = now + lifetime;
        var claims = new JsonObject { ["namespace"] = account.Namespace, ["serviceaccount"] = Reference(account) };
        if (pod is not null)
            claims["pod"] = Reference(pod);
        if (node is not null)
            claims["node"] = Reference(node);
        var payload = new JsonObject
        {
            ["aud"] = new JsonArray(Issuer),
            ["iss"] = Issuer,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString(),
            ["sub"] = $"system:serviceaccount:{account.Namespace}:{account.Name}",
            ["kubernetes.io"] = claims,
        };
        string head = Base64Url.EncodeToString("""{"alg":"ES256","kid":"embedded"}"""u8);
        string signed = $"{head}.{Base64Url.EncodeToString(Json.Bytes(payload))}";
        byte[] signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return ($"{signed}.{Base64Url.EncodeToString(signature)}", expires);
    }

    /// <summary>The claims of a token with a good signature that has not run out; null for anything else.</summary>
    public JsonObject? Verify(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3)
            return null;
        try
        {
            if (!_key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256))
                return null;
            var payload = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) as JsonObject;
            return payload.Number("exp") > time.GetUtcNow().ToUnixTimeSeconds() ? payload : null;
        }
        catch (Exception error) when (error is FormatException or JsonException or CryptographicException)
        {
            return null;
        }
    }

    public void Dispose() => _key.Dispose();

    private static JsonObject Reference(StoredObject item) => new() { ["name"] = item.Name, ["uid"] = item.Uid };
}
