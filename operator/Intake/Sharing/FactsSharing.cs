// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Cni;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Operator.Intake.Sharing;

/// <summary>
/// Lets the facts of thousands of nodes share what is equal in them: nodes are much alike, and their facts would take a gigabyte otherwise. Nothing is left out,
/// only said once. Written over the generated metadata, field by field; a type without a line here is read as ever.
/// </summary>
internal static class FactsSharing
{
    private static readonly StringPool Strings = new();
    private static readonly ObjectPool<KeyTable> Tables = new(new KeyTable.ByNames());

    private static readonly Dictionary<Type, JsonConverter> Converters = new()
    {
        [typeof(string)] = new SharedStringConverter(Strings),
        [typeof(IReadOnlyList<string>)] = new SharedListConverter<string>(Strings.Share),
        [typeof(IReadOnlyDictionary<string, long>)] = new SharedMapConverter<long>(Strings, Tables),
        [typeof(IReadOnlyDictionary<string, int>)] = new SharedMapConverter<int>(Strings, Tables),
        [typeof(IReadOnlyDictionary<string, uint>)] = new SharedMapConverter<uint>(Strings, Tables),
        [typeof(IReadOnlyDictionary<string, string>)] = new SharedMapConverter<string>(Strings, Tables),
        [typeof(IReadOnlyDictionary<string, Counter>)] = new SharedMapConverter<Counter>(Strings, Tables),
        // Items that are alike on many nodes.
        [typeof(IReadOnlyList<RuleFact>)] = SharedListConverter<RuleFact>.OfRecords<RuleFact>(),
        [typeof(IReadOnlyList<RouteFact>)] = SharedListConverter<RouteFact>.OfRecords<RouteFact>(),
        [typeof(IReadOnlyList<NextHopFact>)] = SharedListConverter<NextHopFact>.OfRecords<NextHopFact>(),
        [typeof(IReadOnlyList<OffloadFact>)] = SharedListConverter<OffloadFact>.OfRecords<OffloadFact>(),
        [typeof(IReadOnlyList<QdiscFact>)] = SharedListConverter<QdiscFact>.OfRecords<QdiscFact>(),
        [typeof(IReadOnlyList<PacketFilterFact>)] = SharedListConverter<PacketFilterFact>.OfRecords<PacketFilterFact>(),
        [typeof(IReadOnlyList<ModuleFact>)] = SharedListConverter<ModuleFact>.OfRecords<ModuleFact>(),
        [typeof(IReadOnlyList<CryptoDriverFact>)] = SharedListConverter<CryptoDriverFact>.OfRecords<CryptoDriverFact>(),
        [typeof(IReadOnlyList<CniPluginFact>)] = SharedListConverter<CniPluginFact>.OfRecords<CniPluginFact>(),
        [typeof(IReadOnlyList<CniFileFact>)] = SharedListConverter<CniFileFact>.OfRecords<CniFileFact>(),
        [typeof(IReadOnlyList<CniFolderFact>)] = SharedListConverter<CniFolderFact>.OfRecords<CniFolderFact>(),
        [typeof(IReadOnlyList<IpPrefix>)] = new SharedListConverter<IpPrefix>(),
        [typeof(NotAvailable)] = new SharedRecordConverter<NotAvailable>(),
        [typeof(LinkDetailFact)] = new SharedRecordConverter<LinkDetailFact>(),
        [typeof(LinkQueueLimits)] = new SharedRecordConverter<LinkQueueLimits>(),
        [typeof(LinkCounters)] = new SharedRecordConverter<LinkCounters>(),
        [typeof(CpuFact)] = new SharedRecordConverter<CpuFact>(),
        [typeof(KernelFact)] = new SharedRecordConverter<KernelFact>(),
        [typeof(PlatformFact)] = new SharedRecordConverter<PlatformFact>(),
        // Items of their own, in an array of their number.
        [typeof(IReadOnlyList<LinkFact>)] = new SharedListConverter<LinkFact>(),
        [typeof(IReadOnlyList<AddressFact>)] = new SharedListConverter<AddressFact>(),
        [typeof(IReadOnlyList<NeighbourFact>)] = new SharedListConverter<NeighbourFact>(),
        [typeof(IReadOnlyList<RouteLookupFact>)] = new SharedListConverter<RouteLookupFact>(),
        [typeof(IReadOnlyList<WireGuardPeerFact>)] = new SharedListConverter<WireGuardPeerFact>(),
    };

    /// <summary>The modifier of the metadata.</summary>
    public static void Modify(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        foreach (var property in type.Properties)
        {
            if (property.CustomConverter is null && Converters.TryGetValue(property.PropertyType, out var converter))
                property.CustomConverter = converter;
        }
    }
}
