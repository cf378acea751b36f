// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Ethtool;

/// <summary>Takes the features device by device and puts devices with the same ones together: a node has hundreds of equal veth devices.</summary>
internal sealed class OffloadCollector(ushort family, IReadOnlyList<string> names) : INetlinkMessageHandler
{
    private readonly Dictionary<string, (List<int> Links, DeviceFeatures Features)> _groups = new(StringComparer.Ordinal);
    private int _unknown;

    /// <summary>Messages and attributes that were not understood.</summary>
    public int Unknown => _unknown;

    public void Begin()
    {
        _groups.Clear();
        _unknown = 0;
    }

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type != family || message.Payload.Length < GenericNetlink.HeaderSize || message.Payload[0] != EthtoolAttributes.CommandFeatures)
        {
            _unknown++;
            return;
        }

        var features = default(DeviceFeatures);
        int? link = null;
        var reader = new NetlinkAttributeReader(message.Payload[GenericNetlink.HeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == EthtoolAttributes.Header) link = IndexOf(attribute);
            else if (!features.Apply(attribute)) _unknown++;
        }

        if (reader.IsMalformed || link is null) _unknown++;
        if (link is not { } index) return;
        var key = features.Key;
        if (!_groups.TryGetValue(key, out var group)) _groups[key] = group = ([], features);
        group.Links.Add(index);
    }

    public IReadOnlyList<OffloadFact> Build() => [.. _groups.Values.Select(group => new OffloadFact
    {
        Links = group.Links,
        Active = NamesOf(bit => group.Features.Active[bit]),
        Changeable = NamesOf(bit => group.Features.Hardware[bit] && !group.Features.NoChange[bit]),
        Refused = NamesOf(bit => group.Features.Wanted[bit] && !group.Features.Active[bit]),
    })];

    private static int? IndexOf(in NetlinkAttribute header)
    {
        int? index = null;
        var reader = header.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == EthtoolAttributes.HeaderDeviceIndex && attribute.TryGetInt32(out var number)) index = number;
        }

        return index;
    }

    private IReadOnlyList<string> NamesOf(Func<int, bool> isSet) => [.. Enumerable.Range(0, names.Count).Where(bit => names[bit].Length > 0 && isSet(bit)).Select(bit => names[bit])];

    /// <summary>The four bitsets of one device.</summary>
    private struct DeviceFeatures
    {
        public Bitset Hardware;
        public Bitset Wanted;
        public Bitset Active;
        public Bitset NoChange;

        /// <summary>Equal for devices with equal features.</summary>
        public readonly string Key => string.Join('/', Text(Hardware), Text(Wanted), Text(Active), Text(NoChange));

        /// <summary>False when the attribute was not understood.</summary>
        public bool Apply(in NetlinkAttribute attribute) => attribute.Type switch
        {
            EthtoolAttributes.FeaturesHardware => Bitset.TryRead(attribute, out Hardware),
            EthtoolAttributes.FeaturesWanted => Bitset.TryRead(attribute, out Wanted),
            EthtoolAttributes.FeaturesActive => Bitset.TryRead(attribute, out Active),
            EthtoolAttributes.FeaturesNoChange => Bitset.TryRead(attribute, out NoChange),
            _ => false,
        };

        private static string Text(Bitset bits) => Convert.ToHexString(MemoryMarshal.AsBytes(bits.Words));
    }
}
