// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

/// <summary>
/// What was asked and answered on netlink sockets, as text: a line beginning with <c>&gt;</c> is a request, one with <c>&lt;</c> a datagram
/// of its answer, two blanks continue a line, <c>#</c> is a comment. Sequence numbers and port ids are zero.
/// </summary>
internal sealed class NetlinkRecording
{
    private const int BytesPerLine = 48;

    public List<NetlinkExchange> Exchanges { get; } = [];

    public static NetlinkRecording Parse(string text)
    {
        var recording = new NetlinkRecording();
        foreach (var entry in text.Replace("\n  ", string.Empty, StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry[0] == '>') recording.Exchanges.Add(new NetlinkExchange(Wire.Hex(entry[1..]), []));
            else if (entry[0] == '<') recording.Exchanges[^1].Datagrams.Add(Wire.Hex(entry[1..]));
        }

        return recording;
    }

    public string Format(string comment)
    {
        var text = new StringBuilder($"# {comment}\n");
        foreach (var exchange in Exchanges)
        {
            Append(text, '>', exchange.Request);
            foreach (var datagram in exchange.Datagrams) Append(text, '<', datagram);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, char mark, byte[] bytes)
    {
        var lines = bytes.Chunk(BytesPerLine).Select(Convert.ToHexStringLower);
        text.Append(mark).Append(' ').AppendJoin("\n  ", lines).Append('\n');
    }
}

/// <summary>A request and the datagrams of its answer.</summary>
internal sealed record NetlinkExchange(byte[] Request, List<byte[]> Datagrams);
