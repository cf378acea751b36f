// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Apply;

/// <summary>Field sets made from objects: all fields of an applied configuration, and the differences of two versions.</summary>
internal static class FieldTrees
{
    private static readonly string[] SystemFields =
    [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink", "managedFields", "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ];

    /// <summary>Every field that a configuration sets: leaves, atomic values, and the items of keyed lists.</summary>
    public static FieldTree Of(JsonNode? value, IMergeShape shape)
    {
        var tree = new FieldTree();
        switch (value)
        {
            case JsonObject map when !shape.IsAtomicMap && map.Count > 0:
                foreach ((string name, JsonNode? child) in map)
                    tree.Graft(Steps.Field(name), Of(child, shape.Field(name)));
                break;
            case JsonArray list when shape.List != ListShape.Atomic && list.Count > 0 && Index(list, shape) is { } items:
                foreach ((string step, JsonNode? item) in items)
                {
                    FieldTree branch = shape.List == ListShape.Set ? new FieldTree() : Of(item, shape.Items);
                    branch.IsMember = true;
                    tree.Graft(step, branch);
                }

                break;
            default:
                tree.IsMember = true;
                break;
        }

        return tree;
    }

    /// <summary>What is in <paramref name="after"/> and is not the same in <paramref name="before"/>.</summary>
    /// <param name="wasThere">The field existed with the value null: then the container is not news.</param>
    public static FieldTree Changed(JsonNode? before, JsonNode? after, IMergeShape shape, bool wasThere = false)
    {
        var tree = new FieldTree();
        if (after is JsonObject map && !shape.IsAtomicMap && (before is JsonObject || before is null))
        {
            tree.IsMember = before is null && !wasThere && !shape.IsStruct;
            foreach ((string name, JsonNode? child) in map)
            {
                bool isKnown = before.Map()?.ContainsKey(name) == true;
                if (child is not null || !isKnown)
                    tree.Graft(Steps.Field(name), Changed(before.At(name), child, shape.Field(name), isKnown));
            }
        }
        else if (after is JsonArray list && shape.List != ListShape.Atomic && (before is JsonArray || before is null) && Index(list, shape) is { } items)
        {
            tree.IsMember = before is null && !wasThere;
            var old = before is JsonArray earlier ? Index(earlier, shape) ?? [] : [];
            foreach ((string step, JsonNode? item) in items)
            {
                bool known = old.TryGetValue(step, out JsonNode? same);
                FieldTree branch = shape.List == ListShape.Set ? new FieldTree() : Changed(known ? same : null, item, shape.Items);
                branch.IsMember = !known;
                tree.Graft(step, branch);
            }
        }
        else if (after is not null && !Json.Same(before, after))
        {
            tree.IsMember = true;
        }

        return tree;
    }

    /// <summary>The fields of <paramref name="before"/> that are gone.</summary>
    public static FieldTree Removed(JsonNode? before, JsonNode? after, IMergeShape shape) => AllOf(before, shape).Except(AllOf(after, shape));

    /// <summary>Takes out what no manager owns: identity and what the server itself writes.</summary>
    public static void DropSystemFields(FieldTree tree)
    {
        tree.Cut("f:apiVersion");
        tree.Cut("f:kind");
        if (tree.Child("f:metadata") is not { } metadata)
            return;
        foreach (string name in SystemFields)
            metadata.Cut(Steps.Field(name));
        metadata.IsMember = false;
        if (metadata.IsEmpty)
            tree.Cut("f:metadata");
    }

    /// <summary>List items by step; null when two items have the same key or one has none.</summary>
    public static Dictionary<string, JsonNode?>? Index(JsonArray list, IMergeShape shape)
    {
        var items = new Dictionary<string, JsonNode?>();
        foreach (JsonNode? item in list)
        {
            if (Steps.Item(shape, item) is not { } step || !items.TryAdd(step, item))
                return null;
        }

        return items;
    }

    /// <summary>As <see cref="Of"/>, with the containers themselves as members.</summary>
    private static FieldTree AllOf(JsonNode? value, IMergeShape shape)
    {
        var tree = new FieldTree { IsMember = value is not null };
        if (value is JsonObject map && !shape.IsAtomicMap)
        {
            foreach ((string name, JsonNode? child) in map)
                tree.Graft(Steps.Field(name), AllOf(child, shape.Field(name)));
        }
        else if (value is JsonArray list && shape.List != ListShape.Atomic && Index(list, shape) is { } items)
        {
            foreach ((string step, JsonNode? item) in items)
                tree.Graft(step, AllOf(item, shape.List == ListShape.Set ? BuiltInShape.Root : shape.Items));
        }

        return tree;
    }
}
