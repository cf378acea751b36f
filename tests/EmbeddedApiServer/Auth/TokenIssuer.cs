// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace KubeWgDiag.EmbeddedApiServer.Auth;

/// <summary>Service account tokens: JWT signed by a key of this run (ES256), with the claims a real server writes.</summary>
internal sealed class TokenIssuer(TimeProvider time) : IDisposable
{
    private const string Issuer = "https://kubernetes.default.svc";

    /// <summary>Signatures that were found good are remembered, because checking one costs more than many requests do.</summary>
    private const int MaxRemembered = 20_000;

    private readonly Lock _gate = new();
    private readonly List<SigningKey> _keys = [new SigningKey(1)];
    private volatile ConcurrentDictionary<string, byte[]> _checked = new(StringComparer.Ordinal);

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
        lock (_gate)
            return (_keys[^1].Sign(Json.Bytes(payload)), expires);
    }

    /// <summary>The claims of a token with a good signature that has not run out; null for anything else.</summary>
    public JsonObject? Verify(string token)
    {
        ConcurrentDictionary<string, byte[]> known = _checked;
        try
        {
            if (!known.TryGetValue(token, out byte[]? bytes))
            {
                lock (_gate)
                    bytes = _keys.Select(key => key.Open(token)).FirstOrDefault(found => found is not null);
                if (bytes is null)
                    return null;
                if (known.Count < MaxRemembered)
                    known[token] = bytes;
            }

            var payload = JsonNode.Parse(bytes) as JsonObject;
            return payload.Number("exp") > time.GetUtcNow().ToUnixTimeSeconds() ? payload : null;
        }
        catch (Exception error) when (error is FormatException or JsonException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Signs with a new key from now on; tokens of the old ones stay good.</summary>
    public void ChangeKey()
    {
        lock (_gate)
            _keys.Add(new SigningKey(_keys[^1].Number + 1));
    }

    /// <summary>Tokens of all keys but the newest are refused from now on.</summary>
    public void ForgetOldKeys()
    {
        lock (_gate)
        {
            foreach (SigningKey old in _keys[..^1])
                old.Dispose();
            _keys.RemoveRange(0, _keys.Count - 1);
            _checked = new(StringComparer.Ordinal);
        }
    }

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    private static JsonObject Reference(StoredObject item) => new() { ["name"] = item.Name, ["uid"] = item.Uid };

    /// <summary>One key pair. Its number is in the head of its tokens.</summary>
    private sealed class SigningKey(int number) : IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly string _head = Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"ES256","kid":"embedded-{{number}}"}"""));

        public int Number => number;

        public string Sign(byte[] payload)
        {
            string signed = $"{_head}.{Base64Url.EncodeToString(payload)}";
            return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
        }

        /// <summary>The payload of a token that this key has signed; null for any other.</summary>
        public byte[]? Open(string token)
        {
            string[] parts = token.Split('.');
            return parts.Length == 3 && parts[0] == _head
                && _key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256)
                ? Base64Url.DecodeFromChars(parts[1])
                : null;
        }

        public void Dispose() => _key.Dispose();
    }
}
