// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Chaos.Planning;

/// <summary>One diagnosis of a chaos run, drawn before anything starts.</summary>
/// <param name="Name">Its name in the cluster.</param>
/// <param name="Kind">What is done with it.</param>
/// <param name="Mesh">What its nodes read.</param>
/// <param name="SecondMesh">What they read after the spec has changed.</param>
/// <param name="Wait">How long before the change, the deletion or the end of the suspension.</param>
internal sealed record DiagnosisPlan(string Name, DiagnosisKind Kind, KnownMesh Mesh, KnownMesh SecondMesh, TimeSpan Wait)
{
    /// <summary>The observation time tells a probe which question it answers; it is not waited for.</summary>
    public const int FirstObservation = 2;

    /// <inheritdoc cref="FirstObservation"/>
    public const int SecondObservation = 3;

    /// <summary>The causes that the last run has to end with.</summary>
    public IReadOnlyList<string> ExpectedCauses => Kind == DiagnosisKind.Changed ? SecondMesh.Causes : Mesh.Causes;
}
