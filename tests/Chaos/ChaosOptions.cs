// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography;

namespace KubeWgDiag.Chaos;

/// <summary>What a chaos run is given.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Diagnoses to carry out.</summary>
    public int Runs { get; init; } = 200;

    /// <summary>Everything that is drawn comes from it: plans, disturbances, faults of requests. What the machine's scheduling adds is not repeated.</summary>
    public required int Seed { get; init; }

    /// <summary>Diagnoses under way at a time.</summary>
    public int Parallel { get; init; } = 10;

    /// <summary>Disturbances end after this time at the latest; the diagnoses have to end then in quiet.</summary>
    public TimeSpan Disturbed { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest time of one diagnosis, disturbances and all.</summary>
    public TimeSpan DiagnosisLimit { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Whether plans that wait for a full minute take part.</summary>
    public bool Schedules { get; init; } = true;

    /// <summary>The operator's program; null = the one built beside this, run by dotnet.</summary>
    public string? Operator { get; init; }

    /// <summary>Folder of the report and of the operators' logs.</summary>
    public required string Artifacts { get; init; }

    /// <summary>Reads the command line: --runs N --seed N --operator FILE --artifacts DIRECTORY.</summary>
    public static ChaosOptions Parse(string[] args) => new()
    {
        Runs = Number(args, "--runs") ?? 200,
        Seed = Number(args, "--seed") ?? RandomNumberGenerator.GetInt32(1, 1_000_000),
        Operator = Text(args, "--operator") is { } file ? Path.GetFullPath(file) : null,
        Artifacts = Text(args, "--artifacts") ?? "artifacts",
    };

    private static string? Text(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    private static int? Number(string[] args, string name) =>
        int.TryParse(Text(args, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
