// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Operator.Hosting;

namespace KubeWgDiag.Operator.Configuration;

/// <summary>The command line.</summary>
internal static class OperatorCommand
{
    /// <summary>Exit code for a wrong command line or wrong settings, as shells use it.</summary>
    public const int UsageError = 2;

    /// <summary>The root command with <c>run</c>.</summary>
    public static RootCommand Build() => new("Finds out why WireGuard traffic between Kubernetes nodes does not flow.") { RunCommand() };

    private static Command RunCommand()
    {
        var @namespace = new Option<string>("--namespace") { Description = "Namespace of the probe pods, the operator's own.", Required = true };
        var settings = new Option<string>("--probe-settings") { Description = "JSON file that says how probe pods are made.", Required = true };
        var @class = new Option<string?>("--class") { Description = "Work on diagnoses with this value of the label kubewgdiag.io/class; without it on those without the label." };
        var listen = new Option<string>("--listen")
        {
            Description = "Address of /metrics, /healthz and /readyz.",
            DefaultValueFactory = _ => "http://0.0.0.0:8080",
        };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Kubeconfig file; without it the pod's service account is used." };
        var run = new Command("run", "Reconciles TunnelDiagnoses until it is told to stop.") { @namespace, settings, @class, listen, kubeconfig };
        var limits = new LimitOptions();
        limits.AddTo(run);
        var hosting = new HostingOptions();
        hosting.AddTo(run);
        run.SetAction(async (parsed, ct) =>
        {
            var (options, faults) = OptionsFrom(new CommandLine(
                parsed.GetValue(@namespace)!,
                parsed.GetValue(settings)!,
                parsed.GetValue(@class),
                parsed.GetValue(listen)!,
                parsed.GetValue(kubeconfig)));
            if (options is not null)
                return await OperatorHost.RunAsync(hosting.Read(parsed, options with { Limits = limits.Read(parsed) }), ct);
            foreach (var fault in faults)
                await Console.Error.WriteLineAsync(fault);
            return UsageError;
        });
        return run;
    }

    /// <summary>Checks what was given; gives the options or every fault at once.</summary>
    internal static (OperatorOptions? Options, IReadOnlyList<string> Faults) OptionsFrom(CommandLine given)
    {
        var faults = new List<string>();
        if (!LabelSyntax.IsDnsSubdomain(given.Namespace) || given.Namespace.Contains('.', StringComparison.Ordinal))
            faults.Add($"--namespace: '{given.Namespace}' is not a namespace name");
        if (given.Class is { } @class && !OperatorClass.IsValid(@class))
            faults.Add($"--class: '{@class}' is not a label value");
        if (!Uri.TryCreate(given.Listen, UriKind.Absolute, out var address) || address.Scheme != "http" || address.PathAndQuery != "/")
            faults.Add($"--listen: '{given.Listen}' is not an address like http://0.0.0.0:8080");
        if (faults.Count > 0)
            return (null, faults);
        var options = new OperatorOptions
        {
            Namespace = given.Namespace,
            ProbeSettingsFile = given.ProbeSettingsFile,
            Class = given.Class,
            Listen = address!,
            Kubeconfig = given.Kubeconfig,
        };
        return (options, []);
    }

    /// <summary>The words of the command line, unchecked.</summary>
    internal sealed record CommandLine(string Namespace, string ProbeSettingsFile, string? Class, string Listen, string? Kubeconfig);
}
