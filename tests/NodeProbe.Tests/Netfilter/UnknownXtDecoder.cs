// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netfilter;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter;

/// <summary>Knows no extension.</summary>
internal sealed class UnknownXtDecoder : IXtDecoder
{
    public Expression DecodeMatch(NetfilterFamily family, string name, byte revision, ReadOnlySpan<byte> info) => new XtUnknownMatch(name, revision, new HexBytes(info.ToArray()));

    public Expression DecodeTarget(NetfilterFamily family, string name, byte revision, ReadOnlySpan<byte> info) => new XtUnknownTarget(name, revision, new HexBytes(info.ToArray()));
}
