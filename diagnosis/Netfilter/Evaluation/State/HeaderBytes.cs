// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

/// <summary>Bytes of a header, each bit known or not; unknown bits are 0.</summary>
internal sealed class HeaderBytes
{
    private readonly byte[] _data;
    private readonly byte[] _known;

    public HeaderBytes(int length)
    {
        _data = new byte[length];
        _known = new byte[length];
    }

    private HeaderBytes(byte[] data, byte[] known) => (_data, _known) = (data, known);

    public int Length => _data.Length;

    public ReadOnlySpan<byte> Data => _data;

    public ReadOnlySpan<byte> Known => _known;

    public HeaderBytes Clone() => new((byte[])_data.Clone(), (byte[])_known.Clone());

    public bool IsKnown(int offset, int length) => _known.AsSpan(offset, length).IndexOfAnyExcept((byte)0xff) < 0;

    public byte? Byte(int offset) => offset < Length && _known[offset] == 0xff ? _data[offset] : null;

    public ushort? UInt16(int offset) => offset + 2 <= Length && IsKnown(offset, 2) ? BinaryPrimitives.ReadUInt16BigEndian(_data.AsSpan(offset)) : null;

    public void Set(int offset, ReadOnlySpan<byte> data)
    {
        data.CopyTo(_data.AsSpan(offset));
        _known.AsSpan(offset, data.Length).Fill(0xff);
    }

    public void Set(int offset, ReadOnlySpan<byte> data, ReadOnlySpan<byte> known)
    {
        known.CopyTo(_known.AsSpan(offset));
        for (var i = 0; i < data.Length; i++) _data[offset + i] = (byte)(data[i] & known[i]);
    }

    public void SetByte(int offset, byte? value) => SetByte(offset, value ?? 0, value is null ? (byte)0 : (byte)0xff);

    public void SetByte(int offset, byte value, byte known) => (_data[offset], _known[offset]) = ((byte)(value & known), known);

    public void SetUInt16(int offset, ushort? value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_data.AsSpan(offset), value ?? 0);
        _known.AsSpan(offset, 2).Fill(value is null ? (byte)0 : (byte)0xff);
    }

    public void SetUnknown(int offset, int length)
    {
        _data.AsSpan(offset, length).Clear();
        _known.AsSpan(offset, length).Clear();
    }
}
