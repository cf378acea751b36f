// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace KubeWgDiag.Operator.Configuration;

/// <summary>Reads the settings file of the probes.</summary>
internal static class ProbeSettingsFile
{
    /// <summary>A ConfigMap holds at most 1 MiB; a larger file is something else.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>Gives the settings, or every fault of the file at once.</summary>
    public static ProbeSettingsResult Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return new(null, [$"{path}: the file does not exist"]);
            if (file.Length > MaxBytes)
                return new(null, [$"{path}: {file.Length} bytes are more than {MaxBytes}"]);
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(null, [$"{path}: {error.Message}"]);
        }
    }

    /// <summary>Gives the settings in this JSON text, or every fault at once.</summary>
    public static ProbeSettingsResult Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var settings = JsonSerializer.Deserialize(json, ProbeSettingsJsonContext.Default.ProbeSettings);
            if (settings is null)
                return new(null, ["the file holds null"]);
            var faults = ProbeSettingsValidator.Validate(settings);
            return faults.Count == 0 ? new(settings, []) : new(null, faults);
        }
        catch (JsonException error)
        {
            return new(null, [$"not the expected JSON: {error.Message}"]);
        }
    }
}

/// <summary>Settings, or why there are none.</summary>
/// <param name="Settings">Set exactly when there are no faults.</param>
/// <param name="Faults">Everything that is wrong, one line each.</param>
internal sealed record ProbeSettingsResult(ProbeSettings? Settings, IReadOnlyList<string> Faults);
