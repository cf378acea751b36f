// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>What the controller works with.</summary>
/// <param name="Run">A run under way.</param>
/// <param name="Placement">Probes onto nodes and away.</param>
/// <param name="Statuses">The diagnoses' status.</param>
/// <param name="Announcer">Events and run metrics.</param>
internal sealed record DiagnosisSteps(RunStep Run, ProbePlacement Placement, StatusWriter Statuses, RunAnnouncer Announcer);
