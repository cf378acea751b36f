// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>
/// What a fault is apart from the node that has it. Faults with one signature have one code, one weight, the same place on their nodes, the same mending
/// commands (and the same way back, which holds the value that was found), and say the same but for the node's own name, addresses and,
/// where a command tells what is wrong, counts. Everything else stays apart.
/// </summary>
internal static class FaultSignature
{
    private const char Separator = '\n';

    public static string Of(Finding finding)
    {
        var subject = finding.Subject;
        var text = new StringBuilder().AppendJoin(Separator, finding.Code, finding.Severity, subject.Namespace, subject.Device, subject.PeerKey, subject.Family);
        foreach (var step in finding.Remediation)
        {
            text.Append(Separator).Append(step.Node == subject.Node ? "" : step.Node)
                .Append(Separator).Append(WithoutName(step.Command, subject.Node))
                .Append(Separator).Append(step.Scope)
                .Append(Separator).Append(WithoutName(step.Undo ?? "", subject.Node));
        }

        var told = finding.Remediation.Count > 0;
        Append(text, finding.Message, subject.Node, counts: !told);
        if (told) return text.ToString();
        // Nothing but what was seen tells such faults apart.
        foreach (var item in finding.Evidence)
        {
            text.Append(Separator);
            foreach (var part in (string?[])[item.What, item.Observed, item.Expected]) Append(text, part ?? "", subject.Node, counts: true);
        }

        return text.ToString();
    }

    /// <summary>The words of a sentence, with a sign for the node and for addresses; a list of addresses is one sign.</summary>
    private static void Append(StringBuilder text, string sentence, string node, bool counts)
    {
        var inList = false;
        text.Append(Separator);
        foreach (var word in sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var bare = word.AsSpan().Trim(",;()'").TrimEnd('.');
            if (IsAddress(bare))
            {
                if (!inList) text.Append(" @");
                inList = true;
                continue;
            }

            // "and 4 more" at the end of a list.
            var ends = inList && (word == "and" || IsNumber(bare) || bare.SequenceEqual("more"));
            inList = ends && !bare.SequenceEqual("more");
            if (ends) continue;
            text.Append(' ').Append(!counts && IsNumber(bare) ? "#" : bare.SequenceEqual(node) ? "~" : word);
        }
    }

    private static bool IsNumber(ReadOnlySpan<char> word) => !word.IsEmpty && !word.ContainsAnyExceptInRange('0', '9');

    private static bool IsAddress(ReadOnlySpan<char> word)
    {
        if (!word.ContainsAny(".:")) return false;
        var text = word.ToString();
        return IpPrefix.TryParse(text, out _) || IpPrefix.TryParse(text.TrimEnd(':'), out _)
            || (text.LastIndexOf(':') is > 0 and var colon && IpAddr.TryParse(text[..colon].Trim('[', ']'), out _));
    }

    /// <summary>A command with a sign for the node's name, where that is a word of its own.</summary>
    private static string WithoutName(string command, string node) =>
        string.Join(' ', command.Split(' ').Select(word => word == node ? "~" : word));
}
