// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeWgDiag.Operator.Tests;

/// <summary>
/// Compares with a committed file of tests/fixtures/operator. With the environment variable UPDATE_GOLDEN=1 the file is written anew instead; look at the
/// difference before committing it.
/// </summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void ShouldMatchJson(byte[] json, string file, [CallerFilePath] string caller = "") =>
        ShouldMatch(JsonNode.Parse(json)!.ToJsonString(Indented) + "\n", file, caller);

    public static void ShouldMatch(string actual, string file, [CallerFilePath] string caller = "")
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            var folder = Path.GetDirectoryName(caller)!;
            while (!Directory.Exists(Path.Combine(folder, "fixtures")))
                folder = Path.GetDirectoryName(folder)!;
            File.WriteAllText(Path.Combine(folder, "fixtures", "operator", file), actual);
            return;
        }

        actual.ShouldBe(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "fixtures", file)));
    }
}
