// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Processes;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + signal when a signal ended it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Gives the output, or throws with what the command complained about.</summary>
    /// <exception cref="LabException">The command failed.</exception>
    public string OutputOrThrow(string what) => Succeeded
        ? Output
        : throw new LabException($"{what} failed with exit code {ExitCode}: {(Error.Length > 0 ? Error : Output).Trim()}");
}
