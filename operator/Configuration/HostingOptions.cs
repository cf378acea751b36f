// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace KubeWgDiag.Operator.Configuration;

/// <summary>The options of the command line that say how the process stands among others: leader election, its name, telemetry.</summary>
internal sealed class HostingOptions
{
    /// <summary>Names of pods are at most 253 characters; the holder of a lease has 17 more.</summary>
    private const int MaxIdentity = 253;

    private readonly Option<bool> _leaderElect = new("--leader-elect") { Description = "Work only while holding the lease kubewgdiag-operator in the namespace." };

    private readonly Option<int> _lease = new("--lease-seconds")
    {
        Description = "How long the others wait after the leader's last sign of life; it gives up after two thirds of that. 3 to 300, 15 by default.",
        DefaultValueFactory = _ => 15,
    };

    private readonly Option<string> _identity = new("--identity")
    {
        Description = "Name of this process in the lease and in events; the environment's POD_NAME by default, else the host's name.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } pod ? pod : Environment.MachineName,
    };

    private readonly Option<string?> _otlp = new("--otlp-endpoint")
    {
        Description = "Address to which metrics are sent by OTLP/gRPC, e.g. http://collector:4317; OTEL_EXPORTER_OTLP_ENDPOINT by default, else none.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 } address ? address : null,
    };

    public HostingOptions()
    {
        _lease.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 3 or > 300)
                result.AddError("--lease-seconds: 3 to 300");
        });
        _identity.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 and <= MaxIdentity } name || name.Any(c => !char.IsAscii(c) || char.IsControl(c) || c == ' '))
                result.AddError("--identity: 1 to 253 visible ASCII characters");
        });
        _otlp.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Address(text) is null)
                result.AddError($"--otlp-endpoint: '{text}' is not an address like http://collector:4317");
        });
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_leaderElect, _lease, _identity, _otlp])
            command.Add(option);
    }

    /// <summary>The options with what a parsed command line says.</summary>
    public OperatorOptions Read(ParseResult parsed, OperatorOptions options) => options with
    {
        LeaderElect = parsed.GetValue(_leaderElect),
        LeaseDuration = TimeSpan.FromSeconds(parsed.GetValue(_lease)),
        Identity = parsed.GetValue(_identity)!,
        OtlpEndpoint = Address(parsed.GetValue(_otlp)),
    };

    private static Uri? Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
}
