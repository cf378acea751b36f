// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.ObjectModel;

/// <summary>Values of <see cref="Status.Reason"/> that code decides on (apimachinery, meta/v1 StatusReason).</summary>
public static class StatusReason
{
    public const string NotFound = "NotFound";
    public const string AlreadyExists = "AlreadyExists";
    public const string Conflict = "Conflict";
    public const string Gone = "Gone";
    public const string Expired = "Expired";
    public const string Invalid = "Invalid";
    public const string BadRequest = "BadRequest";
    public const string Forbidden = "Forbidden";
    public const string Unauthorized = "Unauthorized";
    public const string Timeout = "Timeout";
    public const string ServerTimeout = "ServerTimeout";
    public const string TooManyRequests = "TooManyRequests";
    public const string InternalError = "InternalError";
}
