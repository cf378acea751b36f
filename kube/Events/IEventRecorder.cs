// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.Events;

/// <summary>Tells people what happened to an object, by events.k8s.io/v1. Best effort: nothing may hang on an event.</summary>
public interface IEventRecorder
{
    /// <summary>Takes an event for sending; neither waits nor throws.</summary>
    /// <param name="template">
    /// Regarding (with name), Type, Reason and Action have to be there; Note and Related may be. Namespace, times, reporter and series
    /// are the recorder's. A name is kept, so that an event that happens once for all time can be refused by the server when it
    /// is told again; without one it gets a name of its own.
    /// </param>
    void Record(Event template);
}
