// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>What is known of a reader before it runs.</summary>
internal interface IReaderEntry
{
    /// <summary>What people call it on the command line.</summary>
    string Name { get; }

    /// <summary>Names of the readers whose facts this one builds on.</summary>
    IReadOnlyList<string>? Needs { get; }
}
