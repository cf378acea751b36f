// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Resources;

/// <summary>The kinds served now. Changes replace the whole list, so readers need no lock.</summary>
internal sealed class ResourceRegistry(IEnumerable<ApiResource> builtIns)
{
    private volatile IReadOnlyList<ApiResource> _all = [.. builtIns];

    public IReadOnlyList<ApiResource> All => _all;

    public ApiResource? Find(string group, string version, string plural) =>
        _all.FirstOrDefault(resource => resource.Group == group && resource.Version == version && resource.Plural == plural);

    public ApiResource? FindKind(string apiVersion, string kind) =>
        _all.FirstOrDefault(resource => resource.GroupVersion == apiVersion && resource.Kind == kind);

    public ApiResource? ByStorage(string storage) => _all.FirstOrDefault(resource => resource.Storage == storage);

    public ApiResource BuiltIn(string plural, string group = "") => _all.First(resource => resource.Plural == plural && resource.Group == group);

    /// <summary>Replaces all versions of one custom kind.</summary>
    public void Replace(string storage, IEnumerable<ApiResource> versions) =>
        _all = [.. _all.Where(resource => resource.Storage != storage), .. versions];
}
