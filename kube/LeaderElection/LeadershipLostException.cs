// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.LeaderElection;

/// <summary>
/// The lease could not be renewed in time, or another process has it. Another may act already, so the process has to end at once.
/// </summary>
public sealed class LeadershipLostException : Exception
{
    public LeadershipLostException()
    {
    }

    public LeadershipLostException(string message)
        : base(message)
    {
    }

    public LeadershipLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
