// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>The legacy tables of one IP family in one namespace, as socket options.</summary>
internal interface IXtablesSource : IDisposable
{
    /// <summary>getsockopt(2) with a buffer that holds the question and takes the answer; returns the errno, 0 when it worked.</summary>
    int GetOption(int option, Span<byte> buffer, out int length);
}
