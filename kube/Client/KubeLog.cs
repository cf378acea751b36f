// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Client;

/// <summary>Where client and runtime put their few log lines; a delegate, so that this project needs no logging library.</summary>
/// <param name="level">How much it matters.</param>
/// <param name="message">One line. Never holds a token, a key or an object's body.</param>
/// <param name="error">What was thrown, if anything was.</param>
public delegate void KubeLog(KubeLogLevel level, string message, Exception? error = null);

/// <summary>How much a log line matters.</summary>
public enum KubeLogLevel
{
    Debug,
    Information,
    Warning,
    Error,
}
