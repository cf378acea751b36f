// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Interface;

namespace KubeWgDiag.Diagnosis.Rules.Userspace;

/// <summary>
/// Signal: a node that others have as a peer has no WireGuard device, but a userspace program's control socket, and nobody listens at it.
/// Threshold: a socket of the name that the mesh's devices have, or the only one where names differ.
/// Traps: a socket of another network namespace answers; a TUN device that stayed is WG-LEFTOVER-STATE; files of programs that nobody misses.
/// </summary>
internal sealed class StaleSocketRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-UAPI-SOCKET-STALE", Layer.Interface, Severity.Error, "The userspace WireGuard program is gone")
    {
        Precedence = Rules.Precedence.Device + 2,
        ExplainedBy = ["WG-LEFTOVER-STATE", "WG-TUN-UNAVAILABLE"],
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "The program that was the tunnel has ended without cleaning up (killed, out of memory, crashed): its device is gone, its control socket is a dead file, and nobody answers the other nodes.",
        FalsifiedBy = "`wg show <name>` on the node answers, or a program has the socket open.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from lost in LostDevices.Find(mesh)
        let stale = Safe.List(lost.Host.Facts.UapiSocketProblems).Where(socket => socket.Problem == UapiSocketProblem.Stale).ToList()
        let socket = lost.Name is { } name ? stale.Find(socket => socket.Name == name) : stale is [var only] ? only : null
        where socket is not null
        select Build(lost, socket);

    private RuleFinding Build(LostDevice lost, UapiSocketFact socket)
    {
        var node = lost.Host.Node.Name;
        var draft = LostDeviceFindings.Draft(
            Descriptor, lost, $"The program behind {DisplayText.Name(socket.Name)} on {node} is gone: its control socket is there and nobody listens, its device is not.", lost.Name is null ? 0.8 : 0.93);
        draft.Evidence(lost.Host, $"connect to {DisplayText.Name(socket.Name)}.sock", DisplayText.Detail(socket.Detail), "an answer to get=1", "uapi socket");
        draft.Evidence(lost.Host, $"ip link show {DisplayText.Name(socket.Name)}", "no such device", "a TUN device");
        return draft.Build();
    }
}
