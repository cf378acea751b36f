// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Reporting;

/// <summary>Bounds of the status as the CRD has them; a status beyond one of them would be refused as a whole.</summary>
internal static class StatusLimits
{
    public const int RootCauses = 20;
    public const int Evidence = 24;
    public const int Remediation = 64;
    public const int Consequences = 20;
    public const int TunnelSample = 10;
    public const int AffectedNodes = 20;
    public const int AlsoExplains = 20;
    public const int CouldNotCheck = 50;
    public const int NotReported = 50;
    public const int Paths = 32;
    public const int PathSteps = 16;
    public const int ClockOff = 50;

    public const int Name = 253;
    public const int Word = 64;
    public const int Text = 1024;
    public const int ShortText = 512;
    public const int Command = 4096;

    /// <summary>Bytes of JSON: etcd takes 1.5 MiB for the whole object, and every watcher gets each version.</summary>
    public const int Total = 512 * 1024;
}
