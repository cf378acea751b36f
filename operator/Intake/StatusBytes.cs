// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;

namespace KubeWgDiag.Operator.Intake;

/// <summary>How large a status is as JSON.</summary>
internal static class StatusBytes
{
    /// <summary>The probe cuts its whole status to this and says what it left out, so a larger one is not a probe's.</summary>
    public const int Max = 256 * 1024;

    /// <summary>Name, quotes, colon and comma around the facts.</summary>
    private static readonly int FactsFrame = "\"facts\":,".Length;

    /// <summary>Bytes of the whole status. The facts, which are nearly all of it, count as they came and are not written again.</summary>
    public static long Of(NodeProbeStatus status)
    {
        long facts = status.Facts is { } json ? JsonMarshal.GetRawUtf8Value(json).Length + FactsFrame : 0;
        // Short of the rest, so that a status that is far too large is not copied first.
        return facts > Max ? facts : facts + JsonSerializer.SerializeToUtf8Bytes(status with { Facts = null }, CrdsJsonContext.Default.NodeProbeStatus).Length;
    }
}
