// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Tests.Metrics;

/// <summary>Tests of the exporter run alone: a telemetry listens to meters by name, and would hear those of every test beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeterCollection
{
    public const string Name = "Meters";
}
