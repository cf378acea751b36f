// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>
/// Cleans up when the test process is told to stop. A process that is killed outright cannot; the next run's sweep does it an hour later.
/// </summary>
internal static class Interruption
{
    private static readonly List<PosixSignalRegistration> Registrations = [];

    public static void OnStop(Func<Task> end)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            Registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                // A signal handler has a thread of its own, so waiting here holds up nobody.
                end().Wait(TimeSpan.FromMinutes(5));
                Environment.Exit(130);
            }));
        }
    }
}
