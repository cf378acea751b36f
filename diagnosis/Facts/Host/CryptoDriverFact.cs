// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>One implementation in /proc/crypto.</summary>
/// <param name="Name">Algorithm: <c>chacha20</c>, <c>rfc7539(chacha20,poly1305)</c>.</param>
/// <param name="Driver">Implementation: <c>chacha20-simd</c>, <c>chacha20-generic</c>.</param>
/// <param name="SelfTestPassed">False: the kernel's own test of it failed or did not end.</param>
/// <param name="Module">Module that has it, <c>kernel</c> for built in.</param>
/// <param name="Priority">The highest one is used.</param>
public sealed record CryptoDriverFact(string Name, string Driver, bool SelfTestPassed, string? Module = null, int? Priority = null);
