// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Gathers the queue lengths and segmentation limits of one RTM_NEWLINK.</summary>
internal struct LinkLimitsDecoder
{
    private uint? _txQueueLength;
    private uint? _txQueues;
    private uint? _rxQueues;
    private uint? _gsoMaxSize;
    private uint? _gsoMaxSegments;
    private uint? _groMaxSize;
    private uint? _gsoIpv4MaxSize;
    private uint? _groIpv4MaxSize;
    private uint? _tsoMaxSize;
    private uint? _tsoMaxSegments;
    private bool _any;

    /// <summary>Null when the attribute is none of these, false when it is one that was not understood.</summary>
    public bool? Apply(in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case LinkAttributes.TxQueueLength:
                return Set(attribute, ref _txQueueLength);
            case LinkAttributes.TxQueues:
                return Set(attribute, ref _txQueues);
            case LinkAttributes.RxQueues:
                return Set(attribute, ref _rxQueues);
            case LinkAttributes.GsoMaxSize:
                return Set(attribute, ref _gsoMaxSize);
            case LinkAttributes.GsoMaxSegments:
                return Set(attribute, ref _gsoMaxSegments);
            case LinkAttributes.GroMaxSize:
                return Set(attribute, ref _groMaxSize);
            case LinkAttributes.GsoIpv4MaxSize:
                return Set(attribute, ref _gsoIpv4MaxSize);
            case LinkAttributes.GroIpv4MaxSize:
                return Set(attribute, ref _groIpv4MaxSize);
            case LinkAttributes.TsoMaxSize:
                return Set(attribute, ref _tsoMaxSize);
            case LinkAttributes.TsoMaxSegments:
                return Set(attribute, ref _tsoMaxSegments);
            default:
                return null;
        }
    }

    public readonly LinkQueueLimits? Build() => !_any ? null : new LinkQueueLimits
    {
        TxQueueLength = _txQueueLength,
        TxQueues = _txQueues,
        RxQueues = _rxQueues,
        GsoMaxSize = _gsoMaxSize,
        GsoMaxSegments = _gsoMaxSegments,
        GroMaxSize = _groMaxSize,
        GsoIpv4MaxSize = _gsoIpv4MaxSize,
        GroIpv4MaxSize = _groIpv4MaxSize,
        TsoMaxSize = _tsoMaxSize,
        TsoMaxSegments = _tsoMaxSegments,
    };

    private bool Set(in NetlinkAttribute attribute, ref uint? field)
    {
        if (!attribute.TryGetUInt32(out var value)) return false;
        field = value;
        _any = true;
        return true;
    }
}
