// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Storage;
using Xunit.Abstractions;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Scale;

/// <summary>Measures the memory of the whole process, so nothing may run beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "memory";
}

/// <summary>What one object costs in memory: the size of a cluster that fits depends on it.</summary>
[Collection(MemoryCollection.Name)]
public sealed class ObjectCostTests(ITestOutputHelper output)
{
    private const int Count = 500;

    [Fact]
    public void Put_LargeObjects_CostTheirJsonAndLittleMore()
    {
        var store = new ObjectStore(Count * 3, 1);
        store.Open("probes", ["spec.nodeName"]);
        Fill(store, new string('x', 100)); // code, and tables of their final size

        long before = GC.GetTotalMemory(forceFullCollection: true);
        long small = store.List("probes", "").Items.Sum(item => (long)item.Size);
        Fill(store, new string('x', 30_000));
        long after = GC.GetTotalMemory(forceFullCollection: true);
        long large = store.List("probes", "").Items.Sum(item => (long)item.Size);

        long extra = ((after - before) - (large - small)) / Count;
        output.WriteLine($"{large / Count} bytes of JSON each, {extra} bytes more in memory than their JSON; {before / Count} bytes at most for a small one of {small / Count} bytes");
        extra.ShouldBeLessThan(2048);
        GC.KeepAlive(store);
    }

    private static void Fill(ObjectStore store, string text)
    {
        for (int index = 0; index < Count; index++)
        {
            store.Put("probes", new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Probe",
                ["metadata"] = new JsonObject { ["name"] = $"p{index}", ["uid"] = $"u{index}", ["labels"] = new JsonObject { ["a"] = "b" } },
                ["spec"] = new JsonObject { ["nodeName"] = $"n{index}" },
                ["status"] = new JsonObject { ["facts"] = text },
            });
        }

        store.Compact();
    }
}
