// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>What a register holds, as text and with what is needed to write values that are compared with it.</summary>
internal sealed record Operand(string Text, DataType Type, int Bits)
{
    /// <summary>Values of several bytes are in the node's byte order.</summary>
    public bool HostOrder { get; init; }

    /// <summary>Of a constant: its bytes.</summary>
    public HexBytes? Constant { get; init; }

    /// <summary>Of packet bytes: where they are.</summary>
    public PayloadLoad? Payload { get; init; }

    /// <summary>The header that the bytes are in; null when that is not known.</summary>
    public string? Protocol { get; init; }

    /// <summary>The layer whose dependency the text makes superfluous; null when none.</summary>
    public Layer? Kills { get; init; }

    /// <summary>A match on it says which protocol the next layer is.</summary>
    public Layer? Decides { get; init; }

    /// <summary>Of a computed value: what it is computed from.</summary>
    public Operand? Source { get; init; }

    /// <summary>Of <see cref="Source"/> &amp; mask ^ xor.</summary>
    public Bitwise? Bitwise { get; init; }

    /// <summary>Types of the parts of a map's concatenated data; null of others.</summary>
    public IReadOnlyList<DataType>? Parts { get; init; }

    /// <summary>Of a field of less than a byte: how many bits stand behind it in the values.</summary>
    public int Shift { get; init; }

    public int Bytes => (Bits + 7) / 8;
}

/// <summary>A layer of headers.</summary>
internal enum Layer
{
    Link,
    Vlan,
    Network,
    Transport,
}
