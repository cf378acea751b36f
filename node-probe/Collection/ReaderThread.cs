// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>
/// A thread beside the calling one that runs one piece of work after the other. Work that hangs in the kernel (a lock held for long, a
/// dead network file system) cannot be stopped: its thread is left behind, ends with the process at the latest, and the next work gets
/// a new one. A thread starts in the namespaces of the thread that calls (clone(2)), so work runs where the caller is.
/// </summary>
internal sealed class ReaderThread(TimeProvider time) : IDisposable
{
    private Worker? _worker;

    /// <summary>Runs the work; false when it did not end within the limit. The work must not throw.</summary>
    public bool TryRun(Action work, TimeSpan limit)
    {
        _worker ??= new Worker();
        var job = new Job(work);
        _worker.Take(job);
        using (time.CreateTimer(static waiting => ((Job)waiting!).Expire(), job, limit, Timeout.InfiniteTimeSpan))
        {
            if (job.Wait()) return true;
        }

        _worker.Stop();
        _worker = null;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _worker?.Stop();

    private sealed class Job(Action work)
    {
        private readonly object _state = new();
        private bool _ended;
        private bool _expired;

        public void Run()
        {
            work();
            lock (_state)
            {
                _ended = true;
                Monitor.Pulse(_state);
            }
        }

        public void Expire()
        {
            lock (_state)
            {
                _expired = true;
                Monitor.Pulse(_state);
            }
        }

        /// <summary>Waits until the job ended or expired; true when it ended.</summary>
        public bool Wait()
        {
            lock (_state)
            {
                while (!_ended && !_expired) Monitor.Wait(_state);
                return _ended;
            }
        }
    }

    private sealed class Worker
    {
        private readonly Queue<Job?> _jobs = new();

        public Worker() => new Thread(Serve) { IsBackground = true, Name = "reader" }.Start();

        public void Take(Job job) => Add(job);

        /// <summary>Ends the thread when its work has ended.</summary>
        public void Stop() => Add(null);

        private void Add(Job? job)
        {
            lock (_jobs)
            {
                _jobs.Enqueue(job);
                Monitor.Pulse(_jobs);
            }
        }

        private void Serve()
        {
            while (Next() is { } job) job.Run();
        }

        private Job? Next()
        {
            lock (_jobs)
            {
                while (_jobs.Count == 0) Monitor.Wait(_jobs);
                return _jobs.Dequeue();
            }
        }
    }
}
