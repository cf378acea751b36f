// SPDX-License-Identifier: Apache-2.0

using System.Collections.Frozen;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>What asking one UAPI socket gave: a device or a problem.</summary>
/// <param name="Device">The device, when the answer was whole.</param>
/// <param name="Problem">What is wrong with the socket; null when nothing is.</param>
/// <param name="Unknown">Lines that were not understood.</param>
internal sealed record UapiAnswer(WireGuardDeviceFact? Device, UapiSocketFact? Problem, int Unknown = 0)
{
    /// <summary>
    /// The process that made the socket listen (SO_PEERCRED), as the probe sees it; 0 = unknown. It may have ended since, after it handed the
    /// socket on, and its number may belong to another one.
    /// </summary>
    public int ListenerPid { get; init; }

    /// <summary>Processes with a TUN device that see this socket.</summary>
    public IReadOnlySet<int> SeenBy { get; init; } = FrozenSet<int>.Empty;

    /// <summary>The device's name.</summary>
    public string Name => Device?.Name ?? Problem!.Name;

    public static UapiAnswer Of(string name, UapiSocketProblem problem, string detail) => new(null, new UapiSocketFact(name, problem, detail));

    /// <summary>With what is known of the socket.</summary>
    public UapiAnswer From(UapiSocket socket) => this with
    {
        SeenBy = socket.SeenBy,
        Problem = Problem is null ? null : Problem with { Detail = Problem.Detail + socket.Where },
    };
}

/// <summary>What the UAPI sockets gave, before anyone looked in which namespace the devices are.</summary>
/// <param name="Answers">One for each socket.</param>
internal sealed record UapiSnapshot(IReadOnlyList<UapiAnswer> Answers)
{
    /// <summary>Devices that answered.</summary>
    public IReadOnlyList<WireGuardDeviceFact> Devices { get; } = [.. Answers.Select(answer => answer.Device).OfType<WireGuardDeviceFact>()];

    /// <summary>Sockets that gave none.</summary>
    public IReadOnlyList<UapiSocketFact> Problems { get; } = [.. Answers.Select(answer => answer.Problem).OfType<UapiSocketFact>()];
}
