// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Queues;

/// <summary>Which of the waiting keys is handed out first; among equals the one that came first.</summary>
public enum WorkPriority
{
    /// <summary>Objects of a first list: nothing happened to them, so everything that happens overtakes them (controller-runtime's -100).</summary>
    Low = -100,

    /// <summary>Changes, retries, and keys whose time has come.</summary>
    Normal = 0,
}
