// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab.Networks;

/// <summary>A key pair of the lab, base64. It lives in this process' memory and in pipes, never in a file or an argument.</summary>
internal sealed record WireGuardKey(string Private, string Public)
{
    /// <summary>Draws key pairs with <c>wg genkey</c>.</summary>
    public static async Task<IReadOnlyList<WireGuardKey>> GenerateAsync(int count, CancellationToken ct)
    {
        // One shell for all of them; its echo is built in, so that no key stands in an argument list.
        const string Script = "while read -r line; do k=$(wg genkey); echo \"$k $(echo \"$k\" | wg pubkey)\"; done";
        var output = await Command.OutputAsync(["sh", "-c", Script], new string('\n', count), ct);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(p => new WireGuardKey(p[0], p[1]))];
    }

    /// <summary>Keys never reach a log.</summary>
    public override string ToString() => $"key pair with public key {Public}";
}
