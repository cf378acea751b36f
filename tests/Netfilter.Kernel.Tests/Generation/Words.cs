// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Netfilter.Kernel.Tests.Generation;

/// <summary>Draws from lists.</summary>
internal sealed class Words(Random random)
{
    public Random Random { get; } = random;

    public T Of<T>(params T[] values) => values[Random.Next(values.Length)];

    public bool Chance(int percent) => Random.Next(100) < percent;

    public string Several(string[] values, int most = 3) => string.Join(", ", values.OrderBy(_ => Random.Next()).Take(Random.Next(1, most + 1)));

    public int Number(int from, int to) => Random.Next(from, to);
}
