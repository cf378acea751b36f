// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Faults;

/// <summary>What can happen to a request.</summary>
public enum RequestFault
{
    /// <summary>The request is reset and not carried out.</summary>
    DropBefore,

    /// <summary>The request is carried out and reset before the answer. Not for watches.</summary>
    DropAfter,

    /// <summary>The whole connection is reset, with every request on it; this one is not carried out.</summary>
    DropConnection,

    /// <summary>Carried out as always, later.</summary>
    Delay,

    /// <summary>409 Conflict and nothing carried out; only for update, patch and delete.</summary>
    Conflict,

    /// <summary>429 with Retry-After; not carried out.</summary>
    TooManyRequests,

    /// <summary>500 InternalError; not carried out.</summary>
    InternalError,

    /// <summary>503 ServiceUnavailable; not carried out.</summary>
    Unavailable,

    /// <summary>504 Timeout; every second one was carried out all the same. Watches never are.</summary>
    GatewayTimeout,

    /// <summary>A watch ends in the middle of a line.</summary>
    WatchCut,

    /// <summary>A watch ends with an ERROR event: 410, reason Expired.</summary>
    WatchExpired,

    /// <summary>A watch ends with an ERROR event: 410, reason Gone.</summary>
    WatchGone,

    /// <summary>A watch ends as soon as it is open.</summary>
    WatchClosed,
}
