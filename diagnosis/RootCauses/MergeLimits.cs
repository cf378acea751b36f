// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>How much a cause may hold after others were put into it; tunnels and nodes are never cut.</summary>
internal static class MergeLimits
{
    /// <summary>As much evidence as one rule may give; nobody reads more.</summary>
    public const int Evidence = 24;

    /// <summary>As many commands as one rule may give: enough for a person to see the pattern and to paste a small fleet's worth.</summary>
    public const int Remediation = 64;

    /// <summary>Prefixes of a subject.</summary>
    public const int Prefixes = 64;

    /// <summary>Consequences that another cause has and that are only named.</summary>
    public const int Shared = 16;

    /// <summary>Nodes named in a sentence.</summary>
    public const int NamedNodes = 3;
}
