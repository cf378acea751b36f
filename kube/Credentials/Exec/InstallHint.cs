// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>The kubeconfig's advice how to get a missing plugin: some lines of text that nobody wants with every failed request.</summary>
internal sealed class InstallHint(string? text, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(45);

    private long? _lastAt;

    /// <summary>The advice, or nothing when it was given a short while ago; not safe for two callers at a time.</summary>
    public string Next()
    {
        if (text is null || (_lastAt is { } last && time.GetElapsedTime(last) < Pause)) return string.Empty;
        _lastAt = time.GetTimestamp();
        return $"\n{text}\n";
    }
}
