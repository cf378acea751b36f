// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.Credentials;

/// <summary>Finds and merges kubeconfig files: an explicit path, else the list in KUBECONFIG, else <c>~/.kube/config</c>.</summary>
internal static class KubeconfigLoader
{
    private const string Variable = "KUBECONFIG";

    /// <summary>Reads the files that count.</summary>
    /// <param name="explicitPath">Has to exist; then no other file is looked at.</param>
    /// <param name="environment">Value of a variable; null = not set.</param>
    public static KubeResult<Kubeconfig> Load(string? explicitPath, Func<string, string?> environment)
    {
        if (explicitPath is not null) return ReadFile(explicitPath);
        var merged = new Kubeconfig();
        bool found = false;
        foreach (string path in Candidates(environment))
        {
            // Only a missing file is skipped; a broken one would change who we are without a word.
            if (!File.Exists(path)) continue;
            KubeResult<Kubeconfig> file = ReadFile(path);
            if (!file.IsSuccess) return file.Error;
            merged.Merge(file.Value);
            found = true;
        }

        return found ? KubeResult<Kubeconfig>.Ok(merged) : new KubeError(KubeErrorKind.Configuration, "There is no kubeconfig file.");
    }

    private static IEnumerable<string> Candidates(Func<string, string?> environment)
    {
        string? list = environment(Variable);
        if (!string.IsNullOrEmpty(list))
            return list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal);
        string? home = environment("HOME");
        return string.IsNullOrEmpty(home) ? [] : [Path.Combine(home, ".kube", "config")];
    }

    private static KubeResult<Kubeconfig> ReadFile(string path)
    {
        string? text = CredentialFile.TryRead(path, out string? problem);
        return text is null ? new KubeError(KubeErrorKind.Configuration, $"The kubeconfig cannot be read: {problem}") : KubeconfigParser.Parse(text, path);
    }
}
