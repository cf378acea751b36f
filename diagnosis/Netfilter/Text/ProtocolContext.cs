// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>
/// Which protocols a rule is known to be about so far. The match that said it is left out of the text when a later one implies it:
/// <c>meta l4proto tcp th dport 22</c> is <c>tcp dport 22</c>.
/// </summary>
internal sealed class ProtocolContext(NetfilterFamily family)
{
    private readonly Dictionary<Layer, (TextItem Item, Operand Left)> _dependencies = [];

    public string? Link { get; private set; } = family == NetfilterFamily.Bridge ? HeaderFields.Ether : null;

    public bool Vlan { get; private set; }

    public string? Network { get; private set; } = family switch
    {
        NetfilterFamily.Ipv4 => HeaderFields.Ip,
        NetfilterFamily.Ipv6 => HeaderFields.Ip6,
        NetfilterFamily.Arp => HeaderFields.Arp,
        _ => null,
    };

    public string? Transport { get; private set; }

    /// <summary>A match for equality was written: it may decide the protocol of a layer.</summary>
    public void Note(TextItem item, Operand left, ulong value)
    {
        if (left.Decides is not { } layer) return;
        switch (layer)
        {
            case Layer.Link when value == 1:
                Link = HeaderFields.Ether;
                break;
            case Layer.Network when left.Type == DataType.EtherType && value is 0x8100 or 0x88a8:
                Vlan = true;
                layer = Layer.Vlan;
                break;
            case Layer.Network:
                Network = value switch { 2 or 0x0800 => HeaderFields.Ip, 10 or 0x86dd => HeaderFields.Ip6, 0x0806 => HeaderFields.Arp, _ => null };
                break;
            case Layer.Transport:
                Transport = HeaderFields.TransportOf(value);
                break;
        }

        _dependencies[layer] = (item, left);
    }

    /// <summary>Something was written that is only in packets of the layer's protocol.</summary>
    public void Kill(Layer layer)
    {
        if (!_dependencies.TryGetValue(layer, out var dependency)) return;
        // An "ip protocol" also says that it is no IPv6, which families with both need.
        var says = dependency.Left.Protocol is (HeaderFields.Ip or HeaderFields.Ip6) && layer == Layer.Transport
            && family is NetfilterFamily.Bridge or NetfilterFamily.Netdev or NetfilterFamily.Inet;
        if (says) return;
        dependency.Item.Removed = true;
        _dependencies.Remove(layer);
    }
}

/// <summary>A piece of a rule's text, which may be found superfluous later.</summary>
internal sealed class TextItem(string text)
{
    public string Text { get; } = text;

    public bool Removed { get; set; }
}
