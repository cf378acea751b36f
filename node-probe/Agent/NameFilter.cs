// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Device names to include and to exclude; exclusion wins, no inclusion includes all.</summary>
public sealed class NameFilter
{
    /// <summary>As in the resource's schema.</summary>
    private const int MaxGlobs = 32;

    private readonly IReadOnlyList<NameGlob> _include;
    private readonly IReadOnlyList<NameGlob> _exclude;

    private NameFilter(IReadOnlyList<NameGlob> include, IReadOnlyList<NameGlob> exclude) => (_include, _exclude) = (include, exclude);

    /// <summary>Checks every glob; the first bad one is named in <paramref name="problem"/>.</summary>
    public static bool TryCreate(GlobFilter? filter, [NotNullWhen(true)] out NameFilter? result, [NotNullWhen(false)] out string? problem) =>
        TryCreate(filter?.Include ?? [], filter?.Exclude ?? [], out result, out problem);

    /// <inheritdoc cref="TryCreate(GlobFilter?, out NameFilter?, out string?)"/>
    public static bool TryCreate(
        IReadOnlyList<string> include,
        IReadOnlyList<string> exclude,
        [NotNullWhen(true)] out NameFilter? result,
        [NotNullWhen(false)] out string? problem)
    {
        result = null;
        if (!TryRead(include, out var included, out problem) || !TryRead(exclude, out var excluded, out problem)) return false;
        result = new NameFilter(included, excluded);
        return true;
    }

    /// <summary>True when the device is wanted.</summary>
    public bool Matches(string name) =>
        (_include.Count == 0 || _include.Any(g => g.Matches(name))) && !_exclude.Any(g => g.Matches(name));

    private static bool TryRead(IReadOnlyList<string> texts, out List<NameGlob> globs, [NotNullWhen(false)] out string? problem)
    {
        globs = new List<NameGlob>(Math.Min(texts.Count, MaxGlobs));
        problem = null;
        if (texts.Count > MaxGlobs)
        {
            problem = $"more than {MaxGlobs} interface globs";
            return false;
        }

        foreach (var text in texts)
        {
            if (!NameGlob.TryCreate(text, out var glob))
            {
                problem = $"bad interface glob '{PlainText.OneLine(text, NameGlob.MaxLength)}': letters, digits, _.:@=- and the wildcards * and ? are allowed, at most {NameGlob.MaxLength} characters";
                return false;
            }

            globs.Add(glob);
        }

        return true;
    }
}
