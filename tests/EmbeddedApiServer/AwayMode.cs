// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer;

/// <summary>How a server is away.</summary>
public enum AwayMode
{
    /// <summary>Open connections are reset, new ones as soon as they are accepted.</summary>
    Reset,

    /// <summary>Open connections are reset and nobody listens any more: new ones are refused by the system. Only without sockets that were handed in.</summary>
    Refuse,

    /// <summary>Connections are accepted and kept, and nothing is ever answered on them.</summary>
    Hang,
}
