// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace KubeWgDiag.Diagnosis.Peers;

/// <summary>
/// A set of 64-bit values in a fixed size, of which differences can be taken: an invertible Bloom lookup table (Goodrich and Mitzenmacher,
/// "Invertible Bloom Lookup Tables", 2011; differences: Eppstein et al., "What's the Difference?", 2011). Four partitions of 32 cells; each value is in one
/// cell of each. Two sets that differ in up to <see cref="Capacity"/> values are told apart but for one case in some thousands, and that case is
/// reported; twice as many usually are.
/// </summary>
public sealed class PeerSketch
{
    /// <summary>Number of differing values up to which decoding nearly always succeeds.</summary>
    public const int Capacity = 32;

    /// <summary>Length of the byte form.</summary>
    public const int Length = 1 + (Cells * CellBytes);

    private const byte Version = 1;
    private const int Partitions = 4;
    private const int CellsEach = 32;
    private const int Cells = Partitions * CellsEach;
    private const int CellBytes = sizeof(byte) + sizeof(ulong) + sizeof(ushort);

    // Counts are taken modulo 256: of a difference that can be decoded at all they are small.
    private readonly byte[] _counts = new byte[Cells];
    private readonly ulong[] _values = new ulong[Cells];
    private readonly ushort[] _checks = new ushort[Cells];

    /// <summary>An empty set.</summary>
    public PeerSketch()
    {
    }

    /// <summary>The same set.</summary>
    public PeerSketch(PeerSketch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        other._counts.CopyTo(_counts, 0);
        other._values.CopyTo(_values, 0);
        other._checks.CopyTo(_checks, 0);
    }

    /// <summary>Puts in a value that is not in the set.</summary>
    public void Add(ulong value) => Change(value, 1);

    /// <summary>Takes out a value; one that was not in counts as missing in a difference.</summary>
    public void Remove(ulong value) => Change(value, -1);

    /// <summary>Takes out all values of another set.</summary>
    public void Subtract(PeerSketch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < Cells; i++)
        {
            _counts[i] = unchecked((byte)(_counts[i] - other._counts[i]));
            _values[i] ^= other._values[i];
            _checks[i] ^= other._checks[i];
        }
    }

    /// <summary>The values of a difference: those that only the first set had, and those that only the second one had; null when they are too many.</summary>
    public SketchDifference? Decode()
    {
        var rest = new PeerSketch(this);
        List<ulong> first = [], second = [];
        var open = new Stack<int>(Enumerable.Range(0, Cells));
        while (open.TryPop(out var cell))
        {
            if (rest.PureSign(cell) is not (var sign and not 0)) continue;
            // A sketch made to deceive could give one value after another for ever.
            if (first.Count + second.Count == Cells) return null;
            var value = rest._values[cell];
            (sign > 0 ? first : second).Add(value);
            rest.Change(value, -sign);
            for (var partition = 0; partition < Partitions; partition++) open.Push(CellOf(Mix(value), partition));
        }

        return rest.IsEmpty ? new SketchDifference(first, second) : null;
    }

    /// <summary>Byte form: a version and the cells, little endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        bytes[0] = Version;
        for (var (i, at) = (0, 1); i < Cells; i++, at += CellBytes)
        {
            bytes[at] = _counts[i];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at + 1), _values[i]);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at + 1 + sizeof(ulong)), _checks[i]);
        }

        return bytes;
    }

    /// <summary>Reads the byte form; null for anything else, other versions included.</summary>
    public static PeerSketch? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length || bytes[0] != Version) return null;
        var sketch = new PeerSketch();
        for (var (i, at) = (0, 1); i < Cells; i++, at += CellBytes)
        {
            sketch._counts[i] = bytes[at];
            sketch._values[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at + 1)..]);
            sketch._checks[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 1 + sizeof(ulong))..]);
        }

        return sketch;
    }

    private bool IsEmpty => !_counts.AsSpan().ContainsAnyExcept((byte)0) && !_values.AsSpan().ContainsAnyExcept(0UL) && !_checks.AsSpan().ContainsAnyExcept((ushort)0);

    private void Change(ulong value, int by)
    {
        var mixed = Mix(value);
        for (var partition = 0; partition < Partitions; partition++)
        {
            var cell = CellOf(mixed, partition);
            _counts[cell] = unchecked((byte)(_counts[cell] + by));
            _values[cell] ^= value;
            _checks[cell] ^= Check(mixed);
        }
    }

    /// <summary>1 or -1 for a cell with one value alone; 0 for any other.</summary>
    private int PureSign(int cell)
    {
        var sign = _counts[cell] switch { 1 => 1, byte.MaxValue => -1, _ => 0 };
        if (sign == 0) return 0;
        var mixed = Mix(_values[cell]);
        return _checks[cell] == Check(mixed) && CellOf(mixed, cell / CellsEach) == cell ? sign : 0;
    }

    private static int CellOf(ulong mixed, int partition) => (partition * CellsEach) + (int)((mixed >> (8 * partition)) % CellsEach);

    private static ushort Check(ulong mixed) => (ushort)(mixed >> 48);

    /// <summary>Spreads a value over all bits (the finalizer of SplitMix64, Steele et al. 2014).</summary>
    internal static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}

/// <summary>What two sets do not have in common.</summary>
/// <param name="First">Values that only the first set has.</param>
/// <param name="Second">Values that only the second set has.</param>
public sealed record SketchDifference(IReadOnlyList<ulong> First, IReadOnlyList<ulong> Second);
