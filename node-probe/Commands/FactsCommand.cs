// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary><c>facts</c>: reads this host and prints what was read.</summary>
internal static class FactsCommand
{
    public static Command Create(ProbeHost host)
    {
        var collection = new CollectionOptions(host.HostName, defaultObservationSeconds: 0);
        var command = new Command("facts", "Print what can be read on this host as JSON. Exit code: 0, or 2 when the host's network namespace could not be read.");
        collection.AddTo(command);
        command.Options.Add(collection.Only);
        var paths = new PathOption();
        command.Options.Add(paths.Option);
        var redact = new RedactOptions();
        redact.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var request = collection.Request(parsed) with { PathQuestions = paths.Questions(parsed) };
            var facts = await host.Collector.CollectAsync(request, ct);
            if (redact.Redactor(parsed) is { } redactor) await host.Output.Writer.WriteAsync(redactor.Redact(facts));
            else IndentedJson.Write(host.Output.Writer, facts);
            await host.Output.Writer.WriteAsync('\n');
            // Standard error is not redacted: it is for whoever ran the command.
            return Unreadable(facts) is { } problem ? host.Refuse(problem) : ExitCodes.Healthy;
        });
        return command;
    }

    /// <summary>Without the devices of the host's namespace, or without any source of WireGuard, nothing else has a meaning.</summary>
    private static string? Unreadable(NodeFacts facts)
    {
        if (facts.Namespaces.Count == 0) return "the host's network namespace could not be read";
        var host = facts.Namespaces[0];
        if (host.Links.NotAvailable is { Reason: not NotAvailableReason.NotRequested } links) return $"the host's devices could not be read: {links.Detail}";
        return host is { KernelWireGuard.NotAvailable: { } kernel, UserspaceWireGuard.NotAvailable: { } userspace }
            && !(IsNoFault(kernel) && IsNoFault(userspace))
            ? $"WireGuard could not be read: {kernel.Detail}; {userspace.Detail}"
            : null;
    }

    private static bool IsNoFault(NotAvailable missing) => missing.Reason is NotAvailableReason.NotPresent or NotAvailableReason.NotRequested;
}
