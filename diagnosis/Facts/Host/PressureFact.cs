// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>One line of /proc/pressure: how much of the time tasks waited for something.</summary>
/// <param name="Resource"><c>cpu</c>, <c>memory</c>, <c>io</c> or <c>irq</c>.</param>
/// <param name="Full">All tasks waited at once, not only some.</param>
/// <param name="Avg10">Percent of the last 10 s.</param>
/// <param name="Avg60">Percent of the last 60 s.</param>
/// <param name="Avg300">Percent of the last 300 s.</param>
/// <param name="TotalUs">Microseconds since boot.</param>
public sealed record PressureFact(string Resource, bool Full, double Avg10, double Avg60, double Avg300, Counter TotalUs);
