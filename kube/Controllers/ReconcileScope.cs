// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>What every log line of one reconciliation should carry.</summary>
/// <param name="Controller">Name of the controller.</param>
/// <param name="Kind">Kind of the object.</param>
/// <param name="Key">The object.</param>
/// <param name="Id">Fresh for each run, so that the lines of two runs on one object can be told apart.</param>
public readonly record struct ReconcileScope(string Controller, string Kind, ObjectKey Key, string Id);
