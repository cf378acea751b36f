// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Chaos.Planning;

/// <summary>What is done with a diagnosis.</summary>
internal enum DiagnosisKind
{
    /// <summary>One run to its end.</summary>
    Once,

    /// <summary>The spec changes while the run is under way: the answer to the new question counts.</summary>
    Changed,

    /// <summary>Suspended from the start and let go later.</summary>
    Suspended,

    /// <summary>Deleted at some moment.</summary>
    Deleted,

    /// <summary>Deletes itself after its end.</summary>
    Expiring,

    /// <summary>Names a time zone that does not exist: fails and never runs.</summary>
    Refused,

    /// <summary>Runs twice, half a minute apart, and is suspended then.</summary>
    Interval,

    /// <summary>Runs at the next full minute and is suspended then.</summary>
    Scheduled,
}
