// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Controllers;

/// <summary>How a reconciliation is counted.</summary>
internal enum ReconcileOutcome
{
    Success,
    RequeueAfter,
    Failure,

    /// <summary>A failure that trying again does not help.</summary>
    Terminal,

    /// <summary>Cut off at its time limit.</summary>
    Timeout,

    /// <summary>A bug: what controller-runtime calls a panic.</summary>
    Exception,
}
