// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Resources;

/// <summary>The name rules of the API (RFC 1123 subdomain, path segment, label and annotation keys).</summary>
internal static partial class Names
{
    private const string SubdomainPattern = @"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

    public static string? SubdomainProblem(string name) =>
        name.Length > 253 ? "must be no more than 253 bytes"
        : Subdomain().IsMatch(name) ? null
        : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
            + $"character (e.g. 'example.com', regex used for validation is '{SubdomainPattern}')";

    public static string? LabelNameProblem(string name) =>
        name.Length > 63 ? "must be no more than 63 bytes"
        : Label().IsMatch(name) ? null
        : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";

    /// <summary>RBAC objects and events allow anything that fits into one path segment.</summary>
    public static string? PathSegmentProblem(string name) =>
        name is "." or ".." || name.AsSpan().IndexOfAny('/', '%') >= 0 ? "may not contain '/' or '%', nor be '.' or '..'" : null;

    public static bool IsQualifiedName(string key) => key.Length <= 317 && Qualified().IsMatch(key);

    public static bool IsLabelValue(string value) => value.Length <= 63 && LabelValue().IsMatch(value);

    [GeneratedRegex("^" + SubdomainPattern + "$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Subdomain();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();

    [GeneratedRegex(@"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Qualified();

    [GeneratedRegex(@"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelValue();
}
