// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Support;

/// <summary>The server as a process of its own.</summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _kubeconfig;

    private ServerProgram(Process process, string kubeconfig, string readyLine)
    {
        _process = process;
        _kubeconfig = kubeconfig;
        ReadyLine = readyLine;
    }

    public string ReadyLine { get; }

    public static async Task<ServerProgram> StartAsync(params IReadOnlyList<string> arguments)
    {
        string kubeconfig = Path.Combine(Path.GetTempPath(), $"kubewgdiag-program-{Guid.NewGuid():N}.kubeconfig");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (IEnumerable<string>)[Path.Combine(AppContext.BaseDirectory, "KubeWgDiag.EmbeddedApiServer.dll"), .. arguments, "--kubeconfig", kubeconfig])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        string ready = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the server said nothing");
        return new ServerProgram(process, kubeconfig, ready);
    }

    /// <summary>A client with connections of its own, speaking HTTP/2.</summary>
    public HttpClient MakeClient(string agent)
    {
        string[] lines = [.. File.ReadAllLines(_kubeconfig).Select(line => line.Trim())];
        string Value(string key) => lines.First(line => line.StartsWith(key + ": ", StringComparison.Ordinal))[(key.Length + 2)..];
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(
            X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(Value("certificate-authority-data")))));
        var client = new HttpClient(handler)
        {
            BaseAddress = new Uri(Value("server")),
            DefaultRequestVersion = System.Net.HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Value("token"));
        client.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
        return client;
    }

    /// <summary>Sends SIGTERM and waits for the end.</summary>
    public async Task<(int Code, string Output)> StopAsync()
    {
        using (Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        string output = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, output);
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        File.Delete(_kubeconfig);
        return ValueTask.CompletedTask;
    }
}
