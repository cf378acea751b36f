// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Accuracy.Running;
using KubeWgDiag.Accuracy.Scenarios;

namespace KubeWgDiag.Accuracy;

/// <summary>What to run, and where.</summary>
internal sealed record Selection(IReadOnlyList<Cell> Cells, int Jobs, string Probe, string Folder, string Json, string Document);

/// <summary>Options that choose cells.</summary>
internal sealed class SelectionOptions
{
    private readonly Option<string[]> _only = new("--only")
    {
        Description = "only scenarios whose name contains this (repeatable; commas separate too)",
        DefaultValueFactory = _ => [],
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> _layout = new("--layout") { Description = "only this layout: Flannel, Calico, Hub, Sites" };

    private readonly Option<int> _family = new("--family") { Description = "only this family: 4 or 6" };

    private readonly Option<string> _kind = new("--kind") { Description = "only fault, healthy or pair" };

    private readonly Option<bool> _slice = new("--slice") { Description = "every scenario once only (layouts and families take turns)" };

    private readonly Option<bool> _kernel = new("--kernel") { Description = "for the kernel's WireGuard (inside the virtual machine)" };

    private readonly Option<int> _jobs = new("--jobs") { Description = "networks at a time", DefaultValueFactory = _ => 6 };

    private readonly Option<string> _probe = new("--probe")
    {
        Description = "the probe: the published program, or its .dll",
        DefaultValueFactory = _ => "artifacts/publish/probe/kubewgdiag-probe",
    };

    private readonly Option<string> _folder = new("--facts") { Description = "folder of the facts", DefaultValueFactory = _ => "artifacts/accuracy" };

    private readonly Option<string> _json = new("--json") { Description = "file of the verdicts", DefaultValueFactory = _ => "artifacts/accuracy.json" };

    private readonly Option<string> _document = new("--document") { Description = "the document that report writes into", DefaultValueFactory = _ => "docs/accuracy.md" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _only, _layout, _family, _kind, _slice, _kernel, _jobs, _probe, _folder, _json, _document })
            command.Options.Add(option);
    }

    public Selection Read(ParseResult parsed)
    {
        var names = (parsed.GetValue(_only) ?? []).SelectMany(n => n.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        var cells = CellSelection.Choose(
            ScenarioCatalogue.Everything,
            new CellFilter(
                names,
                parsed.GetValue(_layout),
                parsed.GetValue(_family),
                parsed.GetValue(_kind),
                parsed.GetValue(_slice),
                parsed.GetValue(_kernel)));
        return new Selection(cells, parsed.GetValue(_jobs), parsed.GetValue(_probe)!, parsed.GetValue(_folder)!, parsed.GetValue(_json)!, parsed.GetValue(_document)!);
    }
}
