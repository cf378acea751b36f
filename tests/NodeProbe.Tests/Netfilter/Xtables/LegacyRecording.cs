// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netfilter.Legacy;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>A recorded table of tests/fixtures/netfilter/legacy-entries, as a source of socket options.</summary>
internal sealed class LegacyRecording : IXtablesSource
{
    public LegacyRecording(string name)
    {
        var folder = Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "netfilter", "legacy-entries");
        Info = Read($"{folder}/{name}.info.hex");
        Entries = Read($"{folder}/{name}.entries.hex");
        Table = Encoding.ASCII.GetString(Info.AsSpan(0, 32)).TrimEnd('\0');
        Layout = name.Contains('6', StringComparison.Ordinal) ? LegacyLayout.Version6 : LegacyLayout.Version4;
    }

    public byte[] Info { get; }

    public byte[] Entries { get; set; }

    public string Table { get; }

    public LegacyLayout Layout { get; }

    /// <summary>How often the table changes before it can be read.</summary>
    public int Changes { get; set; }

    public int Questions { get; private set; }

    public static string[] Names { get; } = ["calico-mangle", "docker-filter", "ufw6-filter"];

    public int GetOption(int option, Span<byte> buffer, out int length)
    {
        length = buffer.Length;
        Questions++;
        if (option == LegacyTableReader.OptionInfo)
        {
            Info.CopyTo(buffer);
            length = Info.Length;
            return 0;
        }

        if (Changes-- > 0) return Errno.Again;
        Entries.CopyTo(buffer[LegacyTableReader.EntriesOffset..]);
        return 0;
    }

    public NetfilterTable? Decode(ReadOnlySpan<byte> entries, byte[]? info = null) =>
        new LegacyTableDecoder(Table, LegacyTableInfo.Read(info ?? Info)!, Layout, new KubeWgDiag.NodeProbe.Netfilter.Xtables.XtDecoder()).Decode(entries);

    public void Dispose()
    {
        // Nothing is open.
    }

    private static byte[] Read(string path) => Convert.FromHexString(File.ReadAllText(path).ReplaceLineEndings(string.Empty));
}
