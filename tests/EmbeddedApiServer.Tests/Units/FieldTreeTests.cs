// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KubeWgDiag.EmbeddedApiServer.Apply;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

public sealed class FieldTreeTests
{
    [Property]
    public Property Except_AfterUnion_LeavesOnlyTheOther() => Prop.ForAll(Trees, Trees, (left, right) =>
        left.Union(right).Except(right).SameAs(left.Except(right)) && left.Intersect(right).SameAs(right.Intersect(left)));

    [Property]
    public Property FieldsV1_WrittenAndRead_IsTheSameSet() => Prop.ForAll(Trees, tree => FieldTree.FromFieldsV1(tree.ToFieldsV1()).SameAs(tree));

    [Property]
    public Property Remove_EverythingThatWasMergedIn_RestoresTheObject() => Prop.ForAll(Objects, Objects, (live, config) =>
    {
        var merged = (JsonObject)Merger.Merge(live, config, BuiltInShape.Root)!;
        FieldTree added = FieldTrees.Of(config, BuiltInShape.Root).Except(FieldTrees.Of(live, BuiltInShape.Root));
        added.IsMember = false;
        bool sameLeaves = live.All(pair => !config.ContainsKey(pair.Key));
        Merger.Remove(merged, added, BuiltInShape.Root);
        return !sameLeaves || JsonNode.DeepEquals(merged, live);
    });

    private static Arbitrary<FieldTree> Trees => Gen.ListOf(Gen.ListOf(Gen.Elements("f:a", "f:b", "k:{\"name\":\"x\"}"), 3), 4).Select(paths =>
    {
        var tree = new FieldTree();
        foreach (IEnumerable<string> path in paths)
            path.Aggregate(tree, (node, step) => node.Grow(step)).IsMember = true;
        return tree;
    }).ToArbitrary();

    private static Arbitrary<JsonObject> Objects => Gen.ListOf(
        from name in Gen.Elements("a", "b", "c", "d")
        from inner in Gen.Elements("x", "y")
        from value in Gen.Choose(1, 3)
        select (name, inner, value), 3).Select(fields =>
        {
            var map = new JsonObject();
            foreach ((string name, string inner, int value) in fields)
                map[name] = new JsonObject { [inner] = value };
            return map;
        }).ToArbitrary();
}
