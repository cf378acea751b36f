// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Public keys are compared as 32 bytes; base64 has more than one spelling for the same bytes.</summary>
internal static class PublicKeys
{
    private const int KeyBytes = 32;
    private const int Base64Length = 44;

    /// <summary>The one spelling of a key; null when the text is no key, or the all-zero key that stands for "none" (Calico) or a dummy (Cilium).</summary>
    public static string? Canonical(string? text)
    {
        if (text is null || text.Length != Base64Length) return null;
        Span<byte> bytes = stackalloc byte[KeyBytes + 1];
        return Convert.TryFromBase64String(text, bytes, out var written)
            && written == KeyBytes
            && bytes[..KeyBytes].ContainsAnyExcept((byte)0)
            ? Spelled(text, bytes[..KeyBytes])
            : null;
    }

    // Nearly all texts are canonical; a second string for each peer of each node would be a good part of the model.
    private static string Spelled(string text, ReadOnlySpan<byte> key)
    {
        Span<char> spelling = stackalloc char[Base64Length];
        return Convert.TryToBase64Chars(key, spelling, out var length) && text.AsSpan().SequenceEqual(spelling[..length]) ? text : Convert.ToBase64String(key);
    }

    /// <summary>Enough of a key for a person to recognise it.</summary>
    public static string Short(string key) => key.Length > 10 ? $"{key[..10]}..." : key;
}
