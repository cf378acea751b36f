// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>The processors (/proc/cpuinfo).</summary>
/// <param name="Architecture">As <c>uname -m</c> says it: <c>x86_64</c>, <c>aarch64</c>.</param>
/// <param name="Models">Model names, each once; on arm64 implementer and part numbers.</param>
/// <param name="Count">CPUs that are online.</param>
/// <param name="Features">Features of all CPUs that fast ChaCha20-Poly1305 and AES code uses, in the kernel's words.</param>
/// <param name="Missing">Those of this architecture that at least one CPU lacks, or that the hypervisor hides.</param>
/// <param name="Hypervisor">x86: the processor says that it is virtual. Null on other architectures.</param>
public sealed record CpuFact(
    string Architecture,
    IReadOnlyList<string> Models,
    int Count,
    IReadOnlyList<string> Features,
    IReadOnlyList<string> Missing,
    bool? Hypervisor = null);
