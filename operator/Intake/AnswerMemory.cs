// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;

namespace KubeWgDiag.Operator.Intake;

/// <summary>
/// Recognizes answers that were checked before, by a hash that nobody can aim at. It holds them weakly and has a fixed number of places: it keeps nothing alive
/// and cannot be made to grow.
/// </summary>
internal sealed class AnswerMemory
{
    private const int Slots = 1 << 15;

    private readonly Entry?[] _slots = new Entry?[Slots];

    /// <summary>What was said of these bytes as an answer of this node, or what <paramref name="check"/> says now.</summary>
    public NodeReport GetOrAdd(ReadOnlySpan<byte> facts, string nodeName, Func<NodeReport> check)
    {
        var hash = HashOf(facts, nodeName);
        ref var slot = ref _slots[BitConverter.ToUInt16(hash) & (Slots - 1)];
        if (Volatile.Read(ref slot) is { } known && known.Hash.AsSpan().SequenceEqual(hash) && known.Report.TryGetTarget(out var report))
            return report;
        report = check();
        Volatile.Write(ref slot, new Entry(hash, new WeakReference<NodeReport>(report)));
        return report;
    }

    private static byte[] HashOf(ReadOnlySpan<byte> facts, string nodeName)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(nodeName));
        // No name holds this, so no part of one can pass for the other.
        hash.AppendData([0]);
        hash.AppendData(facts);
        return hash.GetHashAndReset();
    }

    private sealed record Entry(byte[] Hash, WeakReference<NodeReport> Report);
}
