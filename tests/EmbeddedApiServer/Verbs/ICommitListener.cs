// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>Told of every committed write while the store is still locked, for what must be true before the answer goes out.</summary>
internal interface ICommitListener
{
    void Committed(ApiResource resource, StoredObject? before, StoredObject? after);
}
