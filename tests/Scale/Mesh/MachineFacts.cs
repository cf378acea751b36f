// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;

namespace KubeWgDiag.Scale.Mesh;

/// <summary>
/// What a probe reads of a machine beside its tunnels (machine.json is such a reading): hundreds of sysctls and counters, the processor, the kernel. Counters
/// differ from node to node, as they do.
/// </summary>
internal sealed class MachineFacts(NodeFacts machine)
{
    public static MachineFacts Load()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "machine.json"));
        return new MachineFacts(JsonSerializer.Deserialize(file, FactsJsonContext.Default.NodeFacts) ?? throw new ScaleException("machine.json holds nothing"));
    }

    /// <summary>The facts of a mesh's node on this machine; what the mesh says stands.</summary>
    public NodeFacts Add(NodeFacts facts, int node)
    {
        var random = new Random(node);
        var (space, own) = (facts.Namespaces[0], machine.Namespaces[0]);
        return facts with
        {
            Host = machine.Host is { } host ? Vary(host, random) : null,
            Namespaces =
            [
                space with
                {
                    Sysctls = Join(own.Sysctls, space.Sysctls),
                    SysctlTexts = own.SysctlTexts,
                    ProtocolCounters = Join(own.ProtocolCounters with { Value = Vary(own.ProtocolCounters.Value!, random) }, space.ProtocolCounters),
                    Conntrack = own.Conntrack,
                },
                .. facts.Namespaces.Skip(1),
            ],
        };
    }

    private static Fact<IReadOnlyDictionary<string, T>> Join<T>(Fact<IReadOnlyDictionary<string, T>> machine, Fact<IReadOnlyDictionary<string, T>> mesh)
    {
        var joined = new Dictionary<string, T>(machine.Value!, StringComparer.Ordinal);
        foreach (var (name, value) in mesh.Value!)
            joined[name] = value;
        return mesh with { Value = joined };
    }

    private static Dictionary<string, Counter> Vary(IReadOnlyDictionary<string, Counter> counters, Random random) =>
        counters.ToDictionary(counter => counter.Key, counter => Vary(counter.Value, random), StringComparer.Ordinal);

    private static HostFacts Vary(HostFacts host, Random random) => host with
    {
        Softnet = host.Softnet is { Value: { } processors } softnet
            ? softnet with { Value = [.. processors.Select(processor => processor with { Processed = Vary(processor.Processed, random) })] }
            : host.Softnet,
        CpuTimes = host.CpuTimes is { Value: { } times } cpu
            ? cpu with { Value = [.. times.Select(time => time with { User = Vary(time.User, random), System = Vary(time.System, random), Idle = Vary(time.Idle, random) })] }
            : host.CpuTimes,
    };

    // What never happened stays so: errors must not come out of nothing.
    private static Counter Vary(Counter counter, Random random) => counter.Value == 0 ? counter : counter with { Value = counter.Value + (ulong)random.Next(1_000_000) };
}
