// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.IpSets;

/// <summary>
/// Collects the messages of IPSET_CMD_LIST. A set continues over several messages, of which only the first has its type; elements are
/// kept up to a limit over all sets and counted beyond it.
/// </summary>
internal sealed class IpSetHandler(int limit) : INetlinkMessageHandler
{
    private readonly List<IpSet> _sets = [];
    private readonly List<IpSetElement> _elements = [];
    private IpSet? _open;
    private bool _incomplete;
    private int _kept;
    private int _unknown;

    public int Unknown => _unknown;

    /// <summary>Elements that were not kept because of the limit.</summary>
    public long Dropped { get; private set; }

    public void Begin()
    {
        _sets.Clear();
        _elements.Clear();
        _open = null;
        _incomplete = false;
        (_kept, _unknown, Dropped) = (0, 0, 0);
    }

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type != IpSetMessages.List || message.Payload.Length < IpSetMessages.HeaderSize)
        {
            _unknown++;
            return;
        }

        var attributes = message.Payload[IpSetMessages.HeaderSize..];
        if (!TryBegin(attributes)) return;
        var reader = new NetlinkAttributeReader(attributes);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == IpSetMessages.AttributeElements) ReadElements(attribute.Payload);
        }

        if (!reader.IsMalformed) return;
        _unknown++;
        _incomplete = true;
    }

    /// <summary>The sets in the kernel's order. Ends the last one.</summary>
    public List<IpSet> Complete()
    {
        Close();
        return _sets;
    }

    /// <summary>Goes on with the open set or begins a new one; false when the message names none.</summary>
    private bool TryBegin(ReadOnlySpan<byte> attributes)
    {
        string? name = null, type = null;
        var draft = new IpSet { Name = string.Empty, Type = string.Empty };
        var reader = new NetlinkAttributeReader(attributes);
        while (reader.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case IpSetMessages.AttributeName when attribute.TryGetString(IpSetMessages.MaxName, out var text):
                    name = text;
                    break;
                case IpSetMessages.AttributeType when attribute.TryGetString(IpSetMessages.MaxName, out var text):
                    type = text;
                    break;
                case IpSetMessages.AttributeRevision when attribute.TryGetByte(out var revision):
                    draft = draft with { Revision = revision };
                    break;
                case IpSetMessages.AttributeFamily when attribute.TryGetByte(out var family):
                    draft = draft with { Family = (NetfilterFamily)family };
                    break;
                case IpSetMessages.AttributeIndex when attribute.Payload.Length == 2:
                    draft = draft with { Index = BinaryPrimitives.ReadUInt16BigEndian(attribute.Payload) };
                    break;
                case IpSetMessages.AttributeData:
                    draft = IpSetHeaderDecoder.Decode(draft, attribute.Payload);
                    break;
            }
        }

        if (name is null)
        {
            _unknown++;
            return false;
        }

        if (_open is not null && _open.Name == name && type is null) return true;
        if (_open?.Name == name && _open.Type == type) return true;
        Close();
        _open = draft with { Name = name, Type = type ?? string.Empty };
        return true;
    }

    private void ReadElements(ReadOnlySpan<byte> attributes)
    {
        var reader = new NetlinkAttributeReader(attributes);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type != IpSetMessages.AttributeData) continue;
            if (_kept >= limit)
            {
                Dropped++;
                _incomplete = true;
                continue;
            }

            if (IpSetElementDecoder.Decode(attribute.Payload, _open!.Family, ref _unknown) is { } element)
            {
                _elements.Add(element);
                _kept++;
            }
            else
            {
                _incomplete = true;
            }
        }

        if (reader.IsMalformed) _incomplete = true;
    }

    private void Close()
    {
        if (_open is not null) _sets.Add(_open with { Elements = _elements.ToArray(), Incomplete = _incomplete });
        _open = null;
        _elements.Clear();
        _incomplete = false;
    }
}
