// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Events;

/// <summary>
/// What makes two events the same one. The note is not in it: a text that varies must not make events without end, so the first
/// text of a series stays. The reporter is not in it either, for a recorder has one.
/// </summary>
internal readonly record struct EventKey(string? Type, string? Action, string? Reason, ObjectReference? Regarding, ObjectReference? Related)
{
    public static EventKey Of(Event @event) => new(@event.Type, @event.Action, @event.Reason, @event.Regarding, @event.Related);
}
