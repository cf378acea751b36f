// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Takes the messages of one dump, checks their fixed header (struct nfgenmsg) and sets the family.</summary>
internal abstract class DumpHandler(NfContext context, ushort messageType) : INetlinkMessageHandler
{
    private int _unknownBefore = -1;

    protected NfContext Context { get; } = context;

    public void Begin()
    {
        // A dump that is read again is not counted twice.
        if (_unknownBefore < 0) _unknownBefore = Context.Unknown;
        Context.Unknown = _unknownBefore;
        Forget();
    }

    public void Handle(in NetlinkMessage message)
    {
        var family = message.Payload.Length >= NfTablesTypes.HeaderSize ? NfFamilies.Of(message.Payload[0]) : NetfilterFamily.Unknown;
        if (message.Type != messageType || family == NetfilterFamily.Unknown)
        {
            Context.Unknown++;
            return;
        }

        Context.Family = family;
        if (!TryTake(message.Payload[NfTablesTypes.HeaderSize..])) Context.Unknown++;
    }

    /// <summary>Forgets what this dump brought so far.</summary>
    protected abstract void Forget();

    /// <summary>Takes one record; false when it could not be used.</summary>
    protected abstract bool TryTake(ReadOnlySpan<byte> attributes);
}
