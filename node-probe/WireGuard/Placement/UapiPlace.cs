// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.WireGuard.Placement;

/// <summary>Where the device of a UAPI socket is.</summary>
/// <param name="Namespace">Id of its network namespace; null when it is not known.</param>
/// <param name="SocketNamespace">Id of the namespace of its UDP socket when that is another one; null = the same, or not known.</param>
/// <param name="Problem">Why the namespace is not known; null when it is.</param>
/// <param name="Detail">The same in words.</param>
internal sealed record UapiPlace(string? Namespace, string? SocketNamespace, UapiSocketProblem? Problem = null, string? Detail = null)
{
    public static UapiPlace Ambiguous(string detail) => new(null, null, UapiSocketProblem.Ambiguous, detail);

    public static UapiPlace Nowhere { get; } =
        new(null, null, UapiSocketProblem.OtherNamespace, "it answers, but no network namespace that could be looked at has a TUN device of that name");
}

/// <summary>A UAPI socket's answer and where its device is.</summary>
internal sealed record PlacedAnswer(UapiAnswer Answer, UapiPlace Place);

/// <summary>What the UAPI sockets gave, by namespace.</summary>
internal sealed record PlacedUapi(IReadOnlyList<PlacedAnswer> Answers);
