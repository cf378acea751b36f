// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>Tests that listen to meters run alone: a listener hears every meter of the name, also those of tests beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeterCollection
{
    public const string Name = "Meters";
}
