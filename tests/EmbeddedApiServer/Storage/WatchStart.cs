// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>How a watch begins.</summary>
/// <param name="Items">The objects to show first; empty for a watch that goes on from a revision.</param>
/// <param name="Missed">The changes since that revision; null when they are not known any more.</param>
/// <param name="Revision">The store's revision at which the subscription began.</param>
/// <param name="Oldest">The oldest revision that a watch could have begun at.</param>
internal sealed record WatchStart(Subscription Subscription, IReadOnlyList<StoredObject> Items, IReadOnlyList<StoreEvent>? Missed, long Revision, long Oldest);
