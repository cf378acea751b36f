// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Reporting;

/// <summary>Reasons of conditions and of nodes without a report: words that people and alerts match on, so they stay stable.</summary>
internal static class Reasons
{
    // Accepted
    public const string Accepted = "Accepted";
    public const string InvalidSchedule = "InvalidSchedule";
    public const string InvalidInterval = "InvalidInterval";
    public const string UnknownTimeZone = "UnknownTimeZone";
    public const string InvalidNodeSelector = "InvalidNodeSelector";
    public const string InvalidTolerations = "InvalidTolerations";

    // ProbesReady
    public const string ProbesStarting = "ProbesStarting";
    public const string ProbesNotReady = "ProbesNotReady";
    public const string AllProbesReady = "AllProbesReady";
    public const string ProbesRefused = "ProbesRefused";

    // Complete
    public const string Queued = "Queued";
    public const string RunInProgress = "RunInProgress";
    public const string AllNodesReported = "AllNodesReported";
    public const string DeadlineExceeded = "DeadlineExceeded";

    // Complete and TunnelsHealthy: every node may have answered, but the operator failed to judge the answers
    public const string VerdictFailed = "VerdictFailed";

    // Several conditions
    public const string NotAccepted = "NotAccepted";
    public const string NotStarted = "NotStarted";
    public const string NoNodesSelected = "NoNodesSelected";
    public const string NodesNotReported = "NodesNotReported";

    // TunnelsHealthy; a False one has the code of the first root cause instead where there is one
    public const string AllTunnelsHealthy = "AllTunnelsHealthy";
    public const string TunnelsBroken = "TunnelsBroken";
    public const string TunnelsDegraded = "TunnelsDegraded";
    public const string TunnelsUnknown = "TunnelsUnknown";
    public const string NoTunnelsFound = "NoTunnelsFound";
    public const string CouldNotCheck = "CouldNotCheck";

    // Why a node has no report
    public const string NodeNotReady = "NodeNotReady";
    public const string NodeGone = "NodeGone";
    public const string NoPod = "NoPod";
    public const string PodPending = "PodPending";
    public const string PodFailed = "PodFailed";
    public const string PodTerminating = "PodTerminating";
    public const string InitNotDone = "InitNotDone";
    public const string OutOfMemory = "OOMKilled";
    public const string TaintedAway = "TaintedAway";
    public const string InvalidReport = "InvalidReport";
    public const string ProbeFailed = "ProbeFailed";
    public const string ReportedTooLate = "ReportedTooLate";
    public const string NoReport = "NoReport";
}
