// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>DELETE of a collection: each matching object as if it were deleted alone.</summary>
internal sealed class CollectionDeleter(Lister lister, Deleter deleter)
{
    public (ListResult? Result, ApiError? Problem) Delete(Target target, ListQuery query, DeleteOptions options, UserInfo user)
    {
        (ListResult? found, ApiError? problem) = lister.List(target, query);
        if (found is null)
            return (null, problem);
        foreach (StoredObject item in found.Items)
        {
            Answer answer = deleter.Delete(target with { Namespace = item.Namespace, Name = item.Name }, options, user);
            if (answer.Error is { Code: not 404 } refused)
                return (null, refused);
        }

        return (found, null);
    }
}
