// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>The first part of a streaming list, up to the bookmark that says that this was all.</summary>
internal sealed class InitialStream<T>(ObjectIntake<T> intake, QuietLimit quiet)
    where T : class, IKubernetesObject
{
    public Snapshot<T> All { get; } = new(intake);

    /// <summary>Takes a frame; true = it was the end mark.</summary>
    public bool Take(WatchEvent<T> frame)
    {
        if (frame.IsInitialEventsEnd)
        {
            quiet.Lift();
            return true;
        }

        quiet.Heard();
        // An object may change or go while the others are still being sent.
        if (frame.Type == WatchEventType.Deleted)
        {
            if ((frame.Object is { } gone ? ObjectIntake<T>.KeyOf(gone) : frame.Key) is { } key) All.Remove(key);
        }
        else if (frame.Object is { } item)
        {
            All.Add(item);
        }

        return false;
    }

    /// <summary>An object that exists and cannot be read.</summary>
    public void Skip(WatchEvent<T> frame)
    {
        quiet.Heard();
        All.Skip(frame.Key);
    }
}
