// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Paths;

/// <summary>A path that somebody asked about, as far as it could be resolved to nodes and addresses.</summary>
/// <param name="Name">Its name.</param>
public sealed record AskedPath(string Name)
{
    /// <summary>The address that it leads to; null when it could not be resolved.</summary>
    public IpAddr? Target { get; init; }

    /// <summary>The node where it begins; null when it is whichever has the address.</summary>
    public string? FromNode { get; init; }

    /// <summary>The node where it ends; null when it is whichever has the address.</summary>
    public string? ToNode { get; init; }

    /// <summary>Why it could not be resolved; null when it was.</summary>
    public string? Unresolved { get; init; }
}
