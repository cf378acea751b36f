// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Apply;

internal enum ListShape
{
    Atomic,
    Set,
    Map,
}

/// <summary>How a value is merged and owned: what server-side apply needs to know of a schema.</summary>
internal interface IMergeShape
{
    ListShape List { get; }

    /// <summary>The key fields when <see cref="List"/> is a map.</summary>
    IReadOnlyList<string> Keys { get; }

    bool IsAtomicMap { get; }

    /// <summary>
    /// True for members that are always there in the server's own types (spec, status ...), so that ownership of the object itself is never
    /// recorded. Custom resources have none.
    /// </summary>
    bool IsStruct { get; }

    IMergeShape Field(string name);

    IMergeShape Items { get; }

    /// <summary>A default for an absent key field, such as protocol TCP.</summary>
    JsonNode? KeyDefault(string key);
}
