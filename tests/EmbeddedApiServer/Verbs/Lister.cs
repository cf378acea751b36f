// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>GET of a collection, page by page, each page as of the first one's revision.</summary>
internal sealed class Lister(ObjectStore store)
{
    public (ListResult? Result, ApiError? Problem) List(Target target, ListQuery query)
    {
        string storage = target.Resource.Storage;
        (IReadOnlyList<StoredObject> items, long revision) = store.List(storage, target.Namespace, query.Fields.Only);
        long? exact = query.Continue?.Revision;
        if (query.Version.Length > 0)
        {
            if (!long.TryParse(query.Version, NumberStyles.None, CultureInfo.InvariantCulture, out long wanted))
                return (null, new ApiError(400, "BadRequest", $"resourceVersion: Invalid value: \"{query.Version}\": strconv.ParseUint: parsing \"{query.Version}\": invalid syntax"));
            if (wanted > revision)
                return (null, ApiError.TooLargeVersion(wanted, revision));
            if (query.VersionMatch == "Exact" || (query is { VersionMatch: "", Limit: > 0, Version: not "0" }))
                exact = wanted;
        }

        if (exact is { } past)
        {
            IReadOnlyList<StoredObject>? earlier = store.ListAt(storage, target.Namespace, past);
            if (earlier is null)
                return (null, ApiError.Expired(query.Continue is null ? "The resourceVersion for the provided list is too old." : "The provided continue parameter is too old to display a consistent list result."));
            items = earlier;
            revision = past;
        }

        return (Page(items, revision, query), null);
    }

    private static ListResult Page(IReadOnlyList<StoredObject> items, long revision, ListQuery query)
    {
        IEnumerable<StoredObject> rest = query.Continue is null ? items : items.SkipWhile(item => string.CompareOrdinal(item.Key, query.Continue.After) <= 0);
        List<StoredObject> matching = [.. rest.Where(query.Matches)];
        if (query.Limit <= 0 || matching.Count <= query.Limit)
            return new(matching, revision, "", null);
        List<StoredObject> page = matching[..(int)query.Limit];
        string token = new ContinueToken(revision, page[^1].Key).ToString();
        return new(page, revision, token, query.HasSelector ? null : matching.Count - page.Count);
    }
}
