// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Tests.Interop;

namespace KubeWgDiag.NodeProbe.Tests.Namespaces;

/// <summary>
/// A fresh network namespace that lives as long as its thread: nothing is left behind, also when the test process is killed.
/// Programs started on the thread are in the namespace too.
/// </summary>
internal sealed class LabNamespace : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private int _threadId;

    public LabNamespace()
    {
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
        Run(() =>
        {
            if (LabNative.Unshare(LabNative.CloneNewNetwork) != 0) throw new InvalidOperationException($"unshare: errno {Marshal.GetLastPInvokeError()}");
            _threadId = LabNative.GetThreadId();
            return 0;
        });
    }

    /// <summary>A path to the namespace.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/task/{_threadId}/ns/net";

    /// <summary>Skips the test where a namespace cannot be made.</summary>
    public static void SkipIfImpossible()
    {
        Skip.IfNot(LabNative.GetEffectiveUserId() == 0, "needs root to make a network namespace");
        Skip.IfNot(File.Exists("/usr/sbin/ip") || File.Exists("/sbin/ip") || File.Exists("/usr/bin/ip"), "needs iproute2");
    }

    /// <summary>Runs work on the namespace's thread and waits for it.</summary>
    public T Run<T>(Func<T> work)
    {
        using var done = new ManualResetEventSlim();
        T? result = default;
        Exception? failure = null;
        _work.Add(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        if (failure is not null) throw new InvalidOperationException(failure.Message, failure);
        return result!;
    }

    /// <summary>Runs a shell command in the namespace and returns what it printed, errors included; a failing command throws.</summary>
    public string Shell(string command) => Run(() =>
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec 2>&1\n{command}"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command}: exit {process.ExitCode}: {output}");
    });

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Serve()
    {
        foreach (var action in _work.GetConsumingEnumerable()) action();
    }
}
