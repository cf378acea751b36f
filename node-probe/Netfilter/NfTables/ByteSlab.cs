// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Keeps many small byte strings in few large arrays: an array of its own would cost each of them 24 bytes and more.</summary>
internal sealed class ByteSlab
{
    private const int ChunkSize = 16 * 1024;
    private byte[] _chunk = [];
    private int _used;

    public HexBytes Store(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _chunk.Length - _used)
        {
            _chunk = new byte[Math.Max(ChunkSize, bytes.Length)];
            _used = 0;
        }

        var place = _chunk.AsMemory(_used, bytes.Length);
        bytes.CopyTo(place.Span);
        _used += bytes.Length;
        return new HexBytes(place);
    }
}
