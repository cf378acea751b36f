// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Controllers;

/// <summary>A part of the program that works in the background.</summary>
public interface IRunnable
{
    /// <summary>For people.</summary>
    string Name { get; }

    /// <summary>Works until it is told to stop.</summary>
    /// <param name="stop">Begin nothing new, finish what is begun, and end.</param>
    /// <param name="abort">The time for that is over, or another process may act already: end at once.</param>
    Task RunAsync(CancellationToken stop, CancellationToken abort);
}
