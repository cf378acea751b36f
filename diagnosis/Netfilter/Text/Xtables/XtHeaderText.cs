// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Options of the IP header.</summary>
internal static class XtHeaderText
{
    public static void Append(StringBuilder text, XtHeaderMatch header)
    {
        if (header.Source is { } source) text.Option("-s", source.Inverted).Address(source, always: true);
        if (header.Destination is { } destination) text.Option("-d", destination.Inverted).Address(destination, always: true);
        Interface(text, "-i", header.InputInterface);
        Interface(text, "-o", header.OutputInterface);
        if (header.Protocol is { } protocol) text.Option("-p", header.ProtocolInverted).Word(XtNames.Protocol(protocol));
        if (header.Fragment is { } fragment) text.Option("-f", !fragment);
    }

    /// <summary>A device; an empty beginning is not written, whatever it says.</summary>
    public static void Interface(StringBuilder text, string option, XtInterface? device)
    {
        if (device is null || device.Name.Length == 0) return;
        text.Option(option, device.Inverted).Word(device.Name);
        if (device.IsPrefix) text.Append('+');
    }
}
