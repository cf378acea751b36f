// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>
/// Runs work inside a network namespace, on a thread made for this visit. setns(2) changes one thread only, and such a thread must
/// not do anything else afterwards: a pool thread would carry the namespace into unrelated work.
/// </summary>
internal static class NamespaceVisitor
{
    /// <summary>
    /// Visits the namespace. The work itself watches its deadlines; <paramref name="limit"/> is for system calls that hang in the kernel
    /// (a lock held for long): then the thread is left behind and ends with the process.
    /// </summary>
    /// <exception cref="TimeoutException">The visit took longer than the limit.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<NamespaceVisit<T>> VisitAsync<T>(
        NamespaceTarget target, Func<T> work, TimeSpan limit, TimeProvider time, CancellationToken token)
    {
        if (target.OpenErrno != 0) return new NamespaceVisit<T>(default, target.OpenErrno);
        var done = new TaskCompletionSource<NamespaceVisit<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(target, work, done)) { IsBackground = true, Name = "netns visit" };
        thread.Start();
        return await done.Task.WaitAsync(limit, time, token);
    }

    private static void Run<T>(NamespaceTarget target, Func<T> work, TaskCompletionSource<NamespaceVisit<T>> done)
    {
        try
        {
            var errno = target.Handle?.EnterWithThisThread() ?? 0;
            done.SetResult(errno == 0 ? new NamespaceVisit<T>(work(), 0) : new NamespaceVisit<T>(default, errno));
        }
        catch (Exception failure)
        {
            // Nothing may leave the thread's start, it would end the process: the waiting caller gets it.
            done.SetException(failure);
        }
    }
}

/// <summary>How a visit ended. A class: of generics over structs of ours the runtime has no precompiled code, and compiles a hundred methods at each start.</summary>
/// <param name="Value">What the work gave; default when the namespace could not be entered.</param>
/// <param name="Errno">Why it could not be entered; 0 = it could.</param>
internal sealed record NamespaceVisit<T>(T? Value, int Errno);
