// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using KubeWgDiag.Kube.Credentials;
using KubeWgDiag.Kube.Credentials.Exec;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Credentials.Exec;

public sealed class ExecCredentialSourceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeRunner _runner = new();
    private readonly Certificates _authority = new();

    [Fact]
    public async Task GetAsync_NoExpiry_RunsOnceForTheLifeOfTheProcess()
    {
        using ExecCredentialSource source = Create();
        ExecCredential first = await source.GetAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromDays(400));

        (await source.GetAsync(CancellationToken.None)).ShouldBeSameAs(first);
        _runner.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_Expired_RunsAgain()
    {
        _runner.Answer = () => Token("t", ""","expirationTimestamp":"2026-11-22T12:10:00Z" """);
        using ExecCredentialSource source = Create();
        await source.GetAsync(CancellationToken.None);

        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        await source.GetAsync(CancellationToken.None);
        _runner.Runs.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await source.GetAsync(CancellationToken.None);
        _runner.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_ManyAtATime_RunOnce()
    {
        var gate = new TaskCompletionSource();
        _runner.Gate = gate.Task;
        using ExecCredentialSource source = Create();
        Task<ExecCredential>[] all = [.. Enumerable.Range(0, 20).Select(_ => source.GetAsync(CancellationToken.None).AsTask())];

        gate.SetResult();
        ExecCredential[] got = await Task.WhenAll(all);

        got.ShouldAllBe(one => ReferenceEquals(one, got[0]));
        _runner.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_OneCallerCancels_TheOthersGetTheirs()
    {
        var gate = new TaskCompletionSource();
        _runner.Gate = gate.Task;
        using var stop = new CancellationTokenSource();
        using ExecCredentialSource source = Create();
        Task<ExecCredential> first = source.GetAsync(stop.Token).AsTask();
        Task<ExecCredential> second = source.GetAsync(CancellationToken.None).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);

        gate.SetResult();

        (await second).Token.ShouldBe("t");
    }

    [Fact]
    public async Task Drop_RefusedOnesOnly_AreFetchedAgain()
    {
        using ExecCredentialSource source = Create();
        ExecCredential first = await source.GetAsync(CancellationToken.None);
        source.Drop(first);
        ExecCredential second = await source.GetAsync(CancellationToken.None);

        // A slower request comes back with a 401 for what is not used any more.
        source.Drop(first);

        (await source.GetAsync(CancellationToken.None)).ShouldBeSameAs(second);
        _runner.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task CurrentCertificate_NewTokenSameCertificate_StaysTheSameObject()
    {
        (_, string certificate, string key) = _authority.Issue("client.example.org");
        _runner.Answer = () => Pair(certificate, key);
        using ExecCredentialSource source = Create();
        source.CurrentCertificate.ShouldBeNull();
        source.Drop(await source.GetAsync(CancellationToken.None));
        object? one = source.CurrentCertificate;

        source.Drop(await source.GetAsync(CancellationToken.None));
        source.CurrentCertificate.ShouldBeSameAs(one);
        (_, certificate, key) = _authority.Issue("client.example.org");
        await source.GetAsync(CancellationToken.None);

        source.CurrentCertificate.ShouldNotBeNull();
        source.CurrentCertificate.ShouldNotBeSameAs(one);
        _runner.Runs.ShouldBe(3);
    }

    [Fact]
    public async Task GetAsync_KeyOfAnotherCertificate_IsRefused()
    {
        _runner.Answer = () => Pair(_authority.Issue("a.example.org").CertificatePem, _authority.Issue("b.example.org").KeyPem);
        using ExecCredentialSource source = Create();

        CredentialException refused = await Should.ThrowAsync<CredentialException>(() => source.GetAsync(CancellationToken.None).AsTask());

        refused.Message.ShouldContain("clientKeyData");
        refused.Message.ShouldNotContain("PRIVATE");
    }

    [Theory]
    [InlineData(ExecInteractiveMode.Never, true, false)]
    [InlineData(ExecInteractiveMode.IfAvailable, true, true)]
    [InlineData(ExecInteractiveMode.IfAvailable, false, false)]
    [InlineData(ExecInteractiveMode.Always, true, true)]
    internal async Task GetAsync_Modes_DecideOnTheTerminal(ExecInteractiveMode mode, bool terminal, bool expected)
    {
        _runner.HasTerminal = terminal;
        using ExecCredentialSource source = Create(mode);

        await source.GetAsync(CancellationToken.None);

        _runner.Interactive.ShouldBe(expected);
        ((bool)JsonNode.Parse(_runner.Info!)!["spec"]!["interactive"]!).ShouldBe(expected);
    }

    [Fact]
    public async Task GetAsync_AlwaysWithoutATerminal_FailsWithoutARun()
    {
        using ExecCredentialSource source = Create(ExecInteractiveMode.Always);

        await Should.ThrowAsync<CredentialException>(() => source.GetAsync(CancellationToken.None).AsTask());

        _runner.Runs.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetAsync_ClusterInfo_IsGivenOnlyWhenAskedFor(bool asked)
    {
        using ExecCredentialSource source = Create(provideClusterInfo: asked);

        await source.GetAsync(CancellationToken.None);

        string expected = asked
            ? """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://x","tls-server-name":"in","certificate-authority-data":"UEVN","config":{"a":1}}}}"""
            : """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}""";
        JsonNode.DeepEquals(JsonNode.Parse(_runner.Info!), JsonNode.Parse(expected)).ShouldBeTrue(_runner.Info);
    }

    [Fact]
    public async Task GetAsync_NotInstalled_GivesTheHintNowAndThen()
    {
        _runner.Answer = () => new ExecOutcome(null, "it is not installed", IsMissing: true);
        using ExecCredentialSource source = Create();
        var messages = new List<string>();
        for (int i = 0; i < 4; i++)
        {
            messages.Add((await Should.ThrowAsync<CredentialException>(() => source.GetAsync(CancellationToken.None).AsTask())).Message);
            _time.Advance(TimeSpan.FromMinutes(20));
        }

        messages.ShouldAllBe(message => message.Contains("not installed", StringComparison.Ordinal) && message.Contains("get-token", StringComparison.Ordinal));
        messages.Select(message => message.Contains("brew it", StringComparison.Ordinal)).ShouldBe([true, false, false, true]);
    }

    public void Dispose() => _authority.Dispose();

    private static ExecOutcome Token(string token, string more = "") =>
        Answered($$"""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{token}}"{{more}} } }""");

    private static ExecOutcome Pair(string certificate, string key) => Answered(new JsonObject
    {
        ["apiVersion"] = ExecConfig.V1,
        ["kind"] = "ExecCredential",
        ["status"] = new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key },
    }.ToJsonString());

    private static ExecOutcome Answered(string text) => new(Encoding.UTF8.GetBytes(text));

    private ExecCredentialSource Create(ExecInteractiveMode mode = ExecInteractiveMode.IfAvailable, bool provideClusterInfo = false)
    {
        var config = new ExecConfig { ApiVersion = ExecConfig.V1, Command = "get-token", InteractiveMode = mode, ProvideClusterInfo = provideClusterInfo, InstallHint = "brew it" };
        var cluster = new ExecClusterInfo { Server = "https://x", TlsServerName = "in", AuthorityPem = "PEM", Config = """{"a":1}""" };
        return new ExecCredentialSource(config, cluster, _runner, _time);
    }

    private sealed class FakeRunner : IExecRunner
    {
        private int _runs;

        public int Runs => Volatile.Read(ref _runs);

        public bool HasTerminal { get; set; }

        public bool Interactive { get; private set; }

        public string? Info { get; private set; }

        public Task Gate { get; set; } = Task.CompletedTask;

        public Func<ExecOutcome> Answer { get; set; } = () => Token("t");

        public async Task<ExecOutcome> RunAsync(ExecConfig config, string info, bool interactive, CancellationToken ct)
        {
            Interlocked.Increment(ref _runs);
            (Info, Interactive) = (info, interactive);
            await Gate.WaitAsync(ct);
            return Answer();
        }
    }
}
