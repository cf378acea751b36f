// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Demo.Output;

/// <summary>Plain lines for people, with colour where the terminal has it.</summary>
internal sealed class Screen(TextWriter output, bool colour)
{
    private const int Width = 100;

    /// <summary>The terminal; NO_COLOR (no-color.org) and a redirected output switch colour off.</summary>
    public static Screen Terminal() =>
        new(Console.Out, !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public void Section(string title)
    {
        output.WriteLine();
        output.WriteLine(Paint("1;36", $"== {title}"));
    }

    public void Line(string text = "") => output.WriteLine(text.Length == 0 ? "" : $"   {text}");

    public void Good(string text) => Line(Paint("32", text));

    public void Bad(string text) => Line(Paint("31", text));

    public void Strong(string text) => Line(Paint("1", text));

    public void Dim(string text) => Line(Paint("2", text));

    /// <summary>A long sentence, broken at spaces.</summary>
    public void Paragraph(string text, string indent = "")
    {
        var line = indent;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > indent.Length && line.Length + word.Length + 1 > Width)
            {
                Line(line);
                line = indent;
            }

            line += line.Length > indent.Length ? $" {word}" : word;
        }

        Line(line);
    }

    /// <summary>What another program printed, as it is.</summary>
    public void Verbatim(string text)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
            Line(line.TrimEnd());
    }

    private string Paint(string code, string text) => colour ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
