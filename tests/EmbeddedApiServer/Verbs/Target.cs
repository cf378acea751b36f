// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>What a request is about: a kind, a namespace ("" for cluster-scoped or all), a name ("" for the collection), a subresource.</summary>
internal sealed record Target(ApiResource Resource, string Namespace, string Name, string Subresource = "")
{
    public bool IsStatus => Subresource == "status";
}
