// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>Asks UAPI sockets, several at a time. Nothing is ever removed: a socket nobody serves is a finding, not litter.</summary>
internal sealed class UapiReader(UapiClient client, UapiLimits limits)
{
    /// <summary>Asks every socket.</summary>
    public async Task<Reading<UapiSnapshot>> ReadAsync(UapiSockets sockets, Deadline deadline)
    {
        if (sockets.Errno != 0) return Refused(sockets.Errno);
        using var slots = new SemaphoreSlim(limits.Parallel);
        var answers = await Task.WhenAll(sockets.All.Select(socket => AskAsync(socket, slots, deadline)));
        return Reading<UapiSnapshot>.Of(new UapiSnapshot(answers), unknown: answers.Sum(a => a.Unknown), cut: sockets.Cut);
    }

    private static Reading<UapiSnapshot> Refused(int errno) => Reading<UapiSnapshot>.None(
        errno is Errno.AccessDenied or Errno.NotPermitted ? NotAvailableReason.NotPermitted : NotAvailableReason.Failed,
        $"the folder of the UAPI sockets cannot be read: {Errno.NameOf(errno)}");

    private async Task<UapiAnswer> AskAsync(UapiSocket socket, SemaphoreSlim slots, Deadline deadline)
    {
        await slots.WaitAsync(deadline.Token);
        try
        {
            var answer = deadline.Expired
                ? UapiAnswer.Of(socket.Name, UapiSocketProblem.Hung, "not asked: other sockets used up the time")
                : await client.ReadAsync(socket.Name, socket.Path, deadline.Token);
            return answer.From(socket);
        }
        finally
        {
            slots.Release();
        }
    }
}
