// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using KubeWgDiag.Kube.Credentials.Exec;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Credentials.Exec;

/// <summary>With real programs: shell scripts in a folder of their own.</summary>
public sealed class ExecProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kube-plugin");
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task RunAsync_ArgumentsAndEnvironment_ArriveAsTheyStand()
    {
        Script("show", """for a in "$@"; do printf '[%s]' "$a"; done; printf '%s|%s|' "$ONE" "$KUBERNETES_EXEC_INFO"; [ -n "$PATH" ] && printf parent; cat""");
        var config = new ExecConfig
        {
            ApiVersion = ExecConfig.V1,
            Command = "show",
            Arguments = ["a b", "", "$(id)", "-x"],
            Environment = [("ONE", "1 and 2")],
        };

        ExecOutcome outcome = await RunAsync(config);

        // The last command reads an input that is closed, so nobody waits.
        outcome.Problem.ShouldBeNull();
        Encoding.UTF8.GetString(outcome.Output!).ShouldBe("[a b][][$(id)][-x]1 and 2|{info}|parent");
    }

    [Fact]
    public async Task RunAsync_Fails_SaysTheCode()
    {
        Script("fail", "echo secret; exit 7");

        ExecOutcome outcome = await RunAsync("fail");

        (outcome.Output, outcome.IsMissing).ShouldBe((null, false));
        outcome.Problem!.ShouldContain("7");
        outcome.Problem!.ShouldNotContain("secret");
    }

    [Fact]
    public async Task RunAsync_NotThere_IsMissing()
    {
        (await RunAsync("nothing-of-this-name")).IsMissing.ShouldBeTrue();
        (await RunAsync(Path.Combine(_folder.FullName, "absent"))).IsMissing.ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_NotExecutable_IsAProblem()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "text"), "just text");

        (await RunAsync("text")).Problem!.ShouldContain("cannot be run");
    }

    [Fact]
    public async Task RunAsync_RelativeEntryOfPath_DoesNotCount()
    {
        Script("tool", "echo found");
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), _folder.FullName);
        var process = new ExecProcess(name => name == "PATH" ? $"{relative}:." : null, _time);

        (await process.RunAsync(Config("tool"), "{info}", interactive: false, CancellationToken.None)).IsMissing.ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_EndlessOutput_IsCutAndTheProgramEnded()
    {
        string pid = Path.Combine(_folder.FullName, "pid");
        Script("flood", $"echo $$ > {pid}; exec cat /dev/zero");

        ExecOutcome outcome = await RunAsync("flood");

        outcome.Problem!.ShouldContain("more than");
        await FakeTime.UntilAsync(() => HasEnded(pid));
    }

    [Fact]
    public async Task RunAsync_DoesNotEnd_IsEndedAfterAMinute()
    {
        string pid = Path.Combine(_folder.FullName, "pid");
        Script("hang", $"echo $$ > {pid}; exec sleep 600");
        Task<ExecOutcome> running = RunAsync("hang");
        await FakeTime.UntilAsync(() => File.Exists(pid) && File.ReadAllText(pid).Length > 1);
        _time.Advance(TimeSpan.FromSeconds(59));
        running.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(1));

        (await running).Problem!.ShouldContain("in time");
        await FakeTime.UntilAsync(() => HasEnded(pid));
    }

    [Fact]
    public async Task RunAsync_CallerCancels_EndsTheProgramAndThrows()
    {
        string pid = Path.Combine(_folder.FullName, "pid");
        Script("hang", $"echo $$ > {pid}; exec sleep 600");
        using var stop = new CancellationTokenSource();
        Task<ExecOutcome> running = Process().RunAsync(Config("hang"), "{info}", interactive: false, stop.Token);
        await FakeTime.UntilAsync(() => File.Exists(pid) && File.ReadAllText(pid).Length > 1);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
        await FakeTime.UntilAsync(() => HasEnded(pid));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static ExecConfig Config(string command) => new() { ApiVersion = ExecConfig.V1, Command = command };

    /// <summary>A child that nobody has waited for yet is a zombie: it has ended.</summary>
    private static bool HasEnded(string pidFile)
    {
        string status = $"/proc/{int.Parse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture)}/status";
        try
        {
            return File.ReadAllText(status).Contains("State:\tZ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private ExecProcess Process() => new(name => name == "PATH" ? $"/nowhere:{_folder.FullName}" : null, _time);

    private Task<ExecOutcome> RunAsync(string command) => RunAsync(Config(command));

    private Task<ExecOutcome> RunAsync(ExecConfig config) => Process().RunAsync(config, "{info}", interactive: false, CancellationToken.None);

    private void Script(string name, string body) => Scripts.Write(Path.Combine(_folder.FullName, name), body);
}
