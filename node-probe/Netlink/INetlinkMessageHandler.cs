// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Takes the messages of an answer one by one, straight from the receive buffer.</summary>
internal interface INetlinkMessageHandler
{
    /// <summary>A reading begins, or begins again because the last one was interrupted: forget what came before.</summary>
    void Begin();

    /// <summary>One message that is neither an error nor the end.</summary>
    void Handle(in NetlinkMessage message);
}
