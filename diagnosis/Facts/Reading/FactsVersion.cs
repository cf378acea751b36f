// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Diagnosis.Facts.Reading;

/// <summary>Which versions of the format can be read: the same major one, whatever minor one, because those only add.</summary>
public static class FactsVersion
{
    private const string Family = "facts.kubewgdiag.io/v";
    private const int Major = 1;

    /// <summary>True when facts of this version can be read.</summary>
    public static bool IsReadable(string? version)
    {
        if (version is null || !version.StartsWith(Family, StringComparison.Ordinal)) return false;
        var number = version.AsSpan(Family.Length);
        var dot = number.IndexOf('.');
        return int.TryParse(dot < 0 ? number : number[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major == Major;
    }
}
