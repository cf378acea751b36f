// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

public sealed class ReaderSelectionTests
{
    [Fact]
    public void Names_OfAllReaders_AreEachOthersAndFitForACommandLine()
    {
        CollectionRequest.ReaderNames.ShouldBeUnique();
        CollectionRequest.ReaderNames.ShouldAllBe(name => name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
    }

    [Fact]
    public void Needs_OfEveryReader_StandBeforeIt()
    {
        var seen = new List<string>();
        foreach (var reader in NamespaceReaders.All.Cast<IReaderEntry>().Concat(NodeReaders.All))
        {
            foreach (var need in reader.Needs ?? []) seen.ShouldContain(need);
            seen.Add(reader.Name);
        }
    }

    [Fact]
    public void Of_NullPredicate_IsEverything() => ReaderSelection.Of(NamespaceReaders.All, null).ShouldBe(NamespaceReaders.All);

    [Fact]
    public void Of_Reader_BringsWhatItBuildsOnInTheListsOrder() =>
        ReaderSelection.Of(NamespaceReaders.All, name => name is "route-lookups" or "rules").Select(r => r.Name)
            .ShouldBe(["links", "wireguard", "userspace-wireguard", "addresses", "routes", "rules", "route-lookups"]);
}
