// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>A network namespace to visit, or the reason why it cannot be entered.</summary>
/// <param name="Id"><c>net:[inode]</c>; <c>net:[?]</c> when it could not be opened.</param>
/// <param name="Name"><c>host</c> or the path it is entered by.</param>
/// <param name="Handle">The open namespace; null for the host's, which every thread starts in, and when it could not be opened.</param>
/// <param name="OpenErrno">Why it could not be opened; 0 = it could.</param>
/// <param name="Owners">Who is in it or holds it; null when nobody looked.</param>
internal sealed record NamespaceTarget(
    string Id, string Name, NetworkNamespace? Handle, int OpenErrno = 0, IReadOnlyList<NamespaceOwnerFact>? Owners = null) : IDisposable
{
    /// <summary>Identity of a namespace that could not be looked at.</summary>
    public const string UnknownId = "net:[?]";

    /// <inheritdoc/>
    public void Dispose() => Handle?.Dispose();
}
