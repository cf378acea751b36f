// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>Sending UDP datagrams failed in a userspace tunnel program, by its own log.</summary>
/// <param name="Process">Name of the program.</param>
/// <param name="Device">Its device.</param>
/// <param name="Error">The errno's name: <c>EIO</c>, <c>EINVAL</c>, <c>EMSGSIZE</c> ...</param>
/// <param name="Count">How often.</param>
public sealed record TunnelSendErrorFact(string Process, string Device, string Error, Counter Count);
