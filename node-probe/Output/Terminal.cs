// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>Where text for people goes.</summary>
/// <param name="Writer">The stream.</param>
/// <param name="Width">Columns to fill.</param>
/// <param name="Colour">Escape sequences may be written.</param>
public sealed record Terminal(TextWriter Writer, int Width, bool Colour)
{
    /// <summary>Width of anything that is no terminal: a file, a pipe, a terminal that does not say.</summary>
    public const int DefaultWidth = 80;

    private const int LeastWidth = 60;
    private const int GreatestWidth = 160;

    /// <summary>The process' standard output; colour follows no-color.org.</summary>
    public static Terminal StandardOutput(Func<string, string?> environment)
    {
        if (Console.IsOutputRedirected) return new Terminal(Console.Out, DefaultWidth, false);
        var plain = !string.IsNullOrEmpty(environment("NO_COLOR")) || environment("TERM") is null or "" or "dumb";
        var width = Console.WindowWidth;
        return new Terminal(Console.Out, width <= 0 ? DefaultWidth : Math.Clamp(width, LeastWidth, GreatestWidth), !plain);
    }
}
