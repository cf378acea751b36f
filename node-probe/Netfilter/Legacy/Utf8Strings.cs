// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>Gives equal bytes the same string. For the few names of extensions; new ones are not kept when it is full.</summary>
internal sealed class Utf8Strings
{
    private const int MaxKept = 256;
    private readonly List<(byte[] Bytes, string Text)> _kept = [];

    public string Get(ReadOnlySpan<byte> bytes)
    {
        foreach (var (kept, known) in _kept)
        {
            if (bytes.SequenceEqual(kept)) return known;
        }

        var text = Encoding.UTF8.GetString(bytes);
        if (_kept.Count < MaxKept) _kept.Add((bytes.ToArray(), text));
        return text;
    }
}
