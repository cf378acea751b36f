// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>
/// Writes a page of text: headings, wrapped sentences, tables, and lines that are never wrapped because someone will copy them.
/// Foreign text never passes through Spectre's markup.
/// </summary>
internal sealed class Paper
{
    private readonly TextWriter _writer;
    private readonly IAnsiConsole _console;
    private readonly Terminal _terminal;

    public Paper(Terminal terminal)
    {
        _writer = terminal.Writer;
        _terminal = terminal;
        _console = Open(terminal);
    }

    public static Style Heading { get; } = new(decoration: Decoration.Bold);

    public static Style Quiet { get; } = new(decoration: Decoration.Dim);

    public static Style Of(Severity severity) => severity switch
    {
        Severity.Critical or Severity.Error => new Style(Color.Red, decoration: Decoration.Bold),
        Severity.Warning => new Style(Color.Yellow),
        _ => Style.Plain,
    };

    public static Style Of(TunnelState? state) => state switch
    {
        TunnelState.Healthy => new Style(Color.Green),
        TunnelState.Idle or TunnelState.Unknown or null => Quiet,
        TunnelState.Degraded => new Style(Color.Yellow),
        _ => new Style(Color.Red),
    };

    public void Blank() => _writer.Write('\n');

    public void Title(string text, Style? style = null)
    {
        _console.Write(new Text(text, style ?? Heading));
        Blank();
    }

    /// <summary>As it is, whatever its length: a wrapped command is a broken command.</summary>
    public void Raw(int indent, string text) => _writer.Write(new string(' ', indent) + text.TrimEnd() + "\n");

    /// <summary>Words wrapped at the width; following lines are indented by <paramref name="hanging"/> more.</summary>
    public void Words(int indent, string text, int hanging = 0)
    {
        var line = new StringBuilder(new string(' ', indent));
        var empty = true;
        foreach (var word in PlainText.OneLine(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!empty && line.Length + 1 + word.Length > _terminal.Width)
            {
                Raw(0, line.ToString());
                line.Clear().Append(' ', indent + hanging);
                empty = true;
            }

            if (!empty) line.Append(' ');
            line.Append(word);
            empty = false;
        }

        Raw(0, line.ToString());
    }

    /// <summary>A table of columns without lines, as kubectl prints one. Only <paramref name="wrapping"/> gives way when the width is too small.</summary>
    public void Table(int indent, IReadOnlyList<string> columns, int wrapping, IEnumerable<IReadOnlyList<Text>> rows)
    {
        var table = new Table { Border = TableBorder.None };
        for (var i = 0; i < columns.Count; i++)
        {
            table.AddColumn(new TableColumn(new Text(columns[i], Quiet))
            {
                NoWrap = i != wrapping,
                Padding = new Padding(0, 0, i == columns.Count - 1 ? 0 : 2, 0),
            });
        }

        foreach (var row in rows) table.AddRow(row);
        var padded = new Padder(table, new Padding(indent, 0, 0, 0));
        if (_terminal.Colour) _console.Write(padded);
        else WriteTrimmed(padded);
    }

    /// <summary>Spectre fills every line with spaces up to the table's width, which would end up in files and diffs.</summary>
    private void WriteTrimmed(Renderable content)
    {
        using var text = new StringWriter { NewLine = "\n" };
        Open(_terminal with { Writer = text }).Write(content);
        foreach (var line in text.ToString().TrimEnd('\n').Split('\n')) Raw(0, line);
    }

    private static IAnsiConsole Open(Terminal terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = terminal.Colour ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = terminal.Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
        Out = new PlainOutput(terminal.Writer, terminal.Width),
        // Continuous integration systems are detected by default and switch colours on; what the caller said holds.
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });

    private sealed class PlainOutput(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => width;

        public int Height => 25;

        /// <summary>The writer was opened by the caller, with its encoding.</summary>
        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
