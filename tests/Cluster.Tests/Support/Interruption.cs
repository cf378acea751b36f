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
                _ = EndAsync(end);
            }));
        }
    }

    private static async Task EndAsync(Func<Task> end)
    {
        await end().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // As a shell reports an interrupted command.
        Environment.Exit(130);
    }
}
