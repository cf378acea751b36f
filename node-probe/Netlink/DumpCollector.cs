// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Decodes one message; null = not one of those that are wanted.</summary>
/// <param name="payload">Everything after the netlink header.</param>
/// <param name="unknown">Raised for each thing that was not understood.</param>
internal delegate T? RecordDecoder<T>(ReadOnlySpan<byte> payload, ref int unknown)
    where T : class;

/// <summary>Collects the records of a dump, up to a limit.</summary>
/// <param name="type">The message type that carries records; others are counted as unknown.</param>
/// <param name="decode">Decodes one record.</param>
/// <param name="limit">The most records that are kept.</param>
internal sealed class DumpCollector<T>(ushort type, RecordDecoder<T> decode, int limit) : INetlinkMessageHandler
    where T : class
{
    private readonly List<T> _items = [];
    private int _unknown;

    public IReadOnlyList<T> Items => _items;

    /// <summary>Messages and attributes that were not understood.</summary>
    public int Unknown => _unknown;

    /// <summary>There were more records than the limit.</summary>
    public bool Cut { get; private set; }

    /// <summary>Records that were wanted, kept or not.</summary>
    public long Seen { get; private set; }

    public void Begin()
    {
        _items.Clear();
        _unknown = 0;
        Cut = false;
        Seen = 0;
    }

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type != type)
        {
            _unknown++;
            return;
        }

        if (decode(message.Payload, ref _unknown) is not { } item) return;
        Seen++;
        if (_items.Count < limit) _items.Add(item);
        else Cut = true;
    }
}
