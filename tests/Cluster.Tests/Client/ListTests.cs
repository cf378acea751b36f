// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Cluster.Tests.Client;

/// <summary>Lists: pages and selectors.</summary>
public sealed class ListTests : ClusterTest
{
    private const string Group = "tests.kubewgdiag.io/group";

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(500)]
    public async Task List_AnyPageSize_GivesEveryObjectOnce(int pageSize)
    {
        var group = NewName("pages");
        var names = Enumerable.Range(0, 7).Select(i => $"{group}-{i.ToString(CultureInfo.InvariantCulture)}").ToList();
        foreach (var name in names) await CreateGadgetAsync(NewGadget(name, null, (Group, group)));

        var options = new ListOptions { Namespace = Namespace, LabelSelector = $"{Group}={group}", PageSize = pageSize };
        var list = Value(await Client.ListAsync(Gadgets, options, Stop));
        list.Items.Select(item => item.Metadata.Name).ShouldBe(names, ignoreOrder: true);
        list.Metadata.ResourceVersion.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task List_Selectors_GiveWhatMatchesAll()
    {
        var group = NewName("selected");
        await CreateGadgetAsync(NewGadget($"{group}-a", new GadgetSpec { Place = "x" }, (Group, group), ("colour", "red")));
        await CreateGadgetAsync(NewGadget($"{group}-b", new GadgetSpec { Place = "x" }, (Group, group), ("colour", "blue")));
        await CreateGadgetAsync(NewGadget($"{group}-c", new GadgetSpec { Place = "y" }, (Group, group)));

        (await NamesAsync($"{Group}={group},colour=red", null)).ShouldBe([$"{group}-a"]);
        (await NamesAsync($"{Group}={group},colour!=red", null)).ShouldBe([$"{group}-b", $"{group}-c"]);
        (await NamesAsync($"{Group}={group},!colour", null)).ShouldBe([$"{group}-c"]);
        (await NamesAsync($"{Group}={group}", "spec.place=x")).ShouldBe([$"{group}-a", $"{group}-b"]);
        (await NamesAsync(null, $"metadata.name={group}-b")).ShouldBe([$"{group}-b"]);
    }

    [Fact]
    public async Task List_FieldThatIsNotSelectable_BadRequest() =>
        (await Client.ListAsync(Gadgets, new ListOptions { Namespace = Namespace, FieldSelector = "spec.size=1" }, Stop)).Error!.Kind.ShouldBe(KubeErrorKind.BadRequest);

    private async Task<IReadOnlyList<string?>> NamesAsync(string? labels, string? fields)
    {
        var options = new ListOptions { Namespace = Namespace, LabelSelector = labels, FieldSelector = fields, PageSize = 2 };
        return [.. Value(await Client.ListAsync(Gadgets, options, Stop)).Items.Select(item => item.Metadata.Name).Order(StringComparer.Ordinal)];
    }
}
