// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Why a call did not give a value. Code decides on <see cref="Kind"/>; the message is for people.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">One line for people, as the server said it.</param>
/// <param name="Status">The server's Status object, when it sent one.</param>
/// <param name="RetryAfter">How long the server asks to wait.</param>
public sealed record KubeError(KubeErrorKind Kind, string Message, Status? Status = null, TimeSpan? RetryAfter = null);

/// <summary>Kinds of refusal, decided from the Status' reason first and the HTTP code second.</summary>
public enum KubeErrorKind
{
    /// <summary>An answer that fits no other kind.</summary>
    Other,

    /// <summary>No answer: connection refused, reset, name not found, TLS failure, time-out.</summary>
    Unreachable,
    NotFound,
    AlreadyExists,
    Conflict,

    /// <summary>410 with reason Gone or Expired: the version or the continue token is too old.</summary>
    Expired,

    /// <summary>422: the object breaks the schema; the message says where.</summary>
    Invalid,
    BadRequest,
    Forbidden,
    Unauthorized,
    TooManyRequests,

    /// <summary>5xx, Timeout, ServerTimeout.</summary>
    ServerError,

    /// <summary>A 504 with cause ResourceVersionTooLarge: the server is behind the version asked for.</summary>
    ResourceVersionTooLarge,

    /// <summary>The answer is not what the API promises.</summary>
    Malformed,

    /// <summary>The client's own configuration is broken, or asks for what this client cannot do; asking again does not help.</summary>
    Configuration,

    /// <summary>In-cluster credentials were asked for outside a pod.</summary>
    NotInCluster,
}
