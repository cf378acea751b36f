// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>
/// One change. <see cref="Before"/> is null for a creation, <see cref="After"/> for a deletion; <see cref="Latest"/> is what a watcher is
/// shown: for a deletion the last state with the revision of the deletion.
/// </summary>
internal sealed record StoreEvent(long Revision, string Storage, StoredObject? Before, StoredObject? After, StoredObject Latest);
