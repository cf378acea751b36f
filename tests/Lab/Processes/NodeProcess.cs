// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Processes;

/// <summary>
/// A program that keeps running inside a node, or on the host for the lab. It lives in a PID namespace of the lab, so it cannot
/// outlive it; its process group can be stopped from outside.
/// </summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private const int KeptLines = 200;
    private readonly Process _entry;
    private readonly NamespaceEntry _pidNamespace;
    private readonly int _groupId;
    private readonly ConcurrentQueue<string> _tail;

    private NodeProcess(Process entry, NamespaceEntry pidNamespace, int groupId, ConcurrentQueue<string> tail)
    {
        _entry = entry;
        _pidNamespace = pidNamespace;
        _groupId = groupId;
        _tail = tail;
        Exited = ExitAsync(entry);
    }

    /// <summary>Ends with the exit code when the program ends.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines of both output streams.</summary>
    public string LogTail => string.Join('\n', _tail);

    /// <summary>Starts a shell line as a process group of its own; the line may end in <c>exec program</c>.</summary>
    public static async Task<NodeProcess> StartAsync(NamespaceEntry where, string shellLine, CancellationToken ct)
    {
        // The shell says its own pid (as the node sees it) first, and exec keeps it: no search through /proc is needed.
        var entry = Command.Start(where.Argv(["setsid", "sh", "-c", $"echo $$; {shellLine}"]));
        var tail = new ConcurrentQueue<string>();
        entry.ErrorDataReceived += (_, line) => Keep(tail, line.Data);
        entry.BeginErrorReadLine();
        var first = await entry.StandardOutput.ReadLineAsync(ct);
        if (!int.TryParse(first, System.Globalization.CultureInfo.InvariantCulture, out var groupId))
            throw new LabException($"no process in {where.Name}: {first} {string.Join(' ', tail)}");
        _ = ReadAsync(entry.StandardOutput, tail);
        return new NodeProcess(entry, where, groupId, tail);
    }

    /// <summary>SIGTERM, and SIGKILL to the whole group when it has not ended after <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (grace > TimeSpan.Zero && !Exited.IsCompleted)
        {
            await SignalAsync("TERM");
            await Task.WhenAny(Exited, Task.Delay(grace));
        }

        if (!Exited.IsCompleted)
            await SignalAsync("KILL");
        await Task.WhenAny(Exited, Task.Delay(TimeSpan.FromSeconds(5)));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _entry.Dispose();
    }

    // A failure means that the group, or the whole node, is gone already: what was wanted.
    private Task<CommandResult> SignalAsync(string signal) =>
        Command.RunAsync(_pidNamespace.Argv(["sh", "-c", $"kill -{signal} -{_groupId}"]), null, null, CancellationToken.None);

    private static async Task<int> ExitAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader output, ConcurrentQueue<string> tail)
    {
        while (await output.ReadLineAsync() is { } line)
            Keep(tail, line);
    }

    private static void Keep(ConcurrentQueue<string> tail, string? line)
    {
        if (line is null)
            return;
        tail.Enqueue(line);
        while (tail.Count > KeptLines)
            tail.TryDequeue(out _);
    }
}
