// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: the processor lacks, or its hypervisor hides, the vector instructions of fast ChaCha20-Poly1305, and the node is busy with tunnels.
/// Threshold: AVX2 (and BMI2 for userspace programs in Go), ASIMD or NEON; one CPU that is busy for nine tenths while tunnels carry data.
/// Traps: at low load it has no effect and nothing is said; other architectures are not judged.
/// </summary>
internal sealed class NoSimdRule : IRule
{
    private const double Busy = 0.9;

    /// <summary>1 Mbit/s for five seconds: less is no load.</summary>
    private const ulong LeastBytes = 625_000;

    public RuleDescriptor Descriptor { get; } = new("WG-CPU-NO-SIMD", Layer.Performance, Severity.Info, "The processor has no fast instructions for encryption")
    {
        Precedence = Rules.Precedence.Performance,
        Reach = Reach.Node,
        Explanation = "WireGuard's cipher is fast with vector instructions. A processor without them, or a virtual machine with a model that hides them, encrypts at half the speed or less, in all tunnels of the node.",
        FalsifiedBy = "`grep -m1 flags /proc/cpuinfo` lists avx2 (asimd or neon on ARM).",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        let cpu = node.Facts.Host?.Cpu?.Value
        where cpu is not null
        let device = Load.Busiest(node, LeastBytes)
        where device is not null && Safe.List(node.Facts.Host?.CpuTimes).Any(time => time.BusyShare >= Busy)
        let missing = Wanted(cpu, device.IsUserspace).Where(feature => Safe.List(cpu.Missing).Contains(feature)).ToList()
        where missing.Count > 0
        select Build(device, cpu, missing);

    private static string[] Wanted(CpuFact cpu, bool userspace) => cpu.Architecture switch
    {
        "x86_64" => userspace ? ["avx2", "bmi2"] : ["avx2"],
        "aarch64" => ["asimd"],
        "armv7l" => ["neon"],
        _ => [],
    };

    private RuleFinding Build(DeviceView device, CpuFact cpu, List<string> missing)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The processor of {device.Node.Name} has no {string.Join(" and no ", missing)}{(cpu.Hypervisor == true ? ", or its hypervisor hides it" : "")}; encryption takes the slow way, and a CPU is busy.",
            Confidence = 0.75,
        };
        draft.Evidence(device, "/proc/cpuinfo", $"{DisplayText.Name(cpu.Models is [var model, ..] ? model : cpu.Architecture)}, without {string.Join(", ", missing)}", null, "/proc/cpuinfo");
        return draft.Evidence(device, $"wg show {device.Name} transfer", $"+{Load.Bytes(device)} bytes", null).Build();
    }
}
