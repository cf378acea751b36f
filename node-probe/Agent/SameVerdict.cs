// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>
/// Tells whether the engine says the same of a node after something was left out of its facts. So a rule's facts travel without a list of
/// what the rules read, which nobody would keep up to date.
/// </summary>
internal sealed class SameVerdict(Thresholds thresholds, NodeFacts facts)
{
    private readonly byte[] _before = Verdict(facts, thresholds);

    public bool IsKeptBy(NodeFacts smaller) => _before.AsSpan().SequenceEqual(Verdict(smaller, thresholds));

    private static byte[] Verdict(NodeFacts facts, Thresholds thresholds)
    {
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput([facts], thresholds));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        foreach (var tunnel in report.Tunnels) Add($"{tunnel.Tunnel.FromDevice} {tunnel.Tunnel.PeerKey} {tunnel.State}");
        foreach (var cause in report.RootCauses)
        {
            Add(Line(cause.Finding));
            foreach (var finding in cause.Consequences) Add("  " + Line(finding));
        }

        // That something was cut is what this is about; everything else that could not be looked at has to stay the same.
        foreach (var gap in report.CouldNotCheck.Where(_ => !facts.Truncated)) Add($"{gap.What}: {gap.Reason}");
        Add(report.Unlisted.ToString());
        return hash.GetHashAndReset();
    }

    private static string Line(Finding finding) => string.Create(
        CultureInfo.InvariantCulture,
        $"{finding.Code} {finding.Severity} {finding.Confidence} {finding.Subject.Namespace} {finding.Subject.Device} {finding.Subject.PeerKey} {finding.Subject.Family} {string.Join(' ', finding.Subject.Prefixes)} {string.Join(';', finding.Remediation.Select(step => step.Command))}");
}
