// SPDX-License-Identifier: Apache-2.0

using System.Runtime.ExceptionServices;

namespace KubeWgDiag.NodeProbe.Tests.Recordings;

/// <summary>
/// Every exception that is thrown on this thread while it lives, also those that somebody catches: readers must not need a net.
/// Missing files are left aside, for they are how .NET says that a kernel has no such thing.
/// </summary>
internal sealed class ThrownExceptions : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<string> _seen = [];

    public ThrownExceptions() => AppDomain.CurrentDomain.FirstChanceException += Add;

    public IReadOnlyList<string> Seen => _seen;

    public void Dispose() => AppDomain.CurrentDomain.FirstChanceException -= Add;

    private void Add(object? sender, FirstChanceExceptionEventArgs e)
    {
        if (Environment.CurrentManagedThreadId == _thread && e.Exception is not (FileNotFoundException or DirectoryNotFoundException))
            _seen.Add($"{e.Exception.GetType().Name}: {e.Exception.Message} {e.Exception.StackTrace}");
    }
}
