// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>
/// Reads the answer to <c>get=1</c> of the cross-platform userspace interface (wireguard.com/xplatform), line by line, from bytes.
/// The values of keys that are secret are overwritten in the caller's buffer before the line is left and never become text.
/// Unknown keys are counted; the order of keys is free, only that a peer begins with <c>public_key</c>.
/// </summary>
internal sealed class UapiAnswerParser(string deviceName)
{
    private readonly WireGuardDeviceBuilder _device = new(deviceName, WireGuardImplementation.Userspace);
    private WireGuardPeerBuilder? _peer;
    private long _handshakeSeconds;
    private long _handshakeNanoseconds;
    private int? _errno;

    /// <summary>Lines that were not understood.</summary>
    public int Unknown { get; private set; }

    /// <summary>What the server says went wrong; 0 = nothing. Negative numbers are made positive.</summary>
    public int Errno => _errno ?? 0;

    public WireGuardDeviceFact Device => _device.Build();

    /// <summary>Takes one line without its line feed.</summary>
    public UapiLineResult Feed(Span<byte> line)
    {
        if (line.IsEmpty) return _errno is null ? UapiLineResult.Malformed : UapiLineResult.Complete;
        // Only the first '=' separates; a value may hold more of them.
        var separator = line.IndexOf((byte)'=');
        if (separator <= 0) return UapiLineResult.Malformed;
        var key = line[..separator];
        var value = line[(separator + 1)..];
        try
        {
            return Feed(key, value);
        }
        finally
        {
            if (key.SequenceEqual("private_key"u8) || key.SequenceEqual("preshared_key"u8)) CryptographicOperations.ZeroMemory(value);
        }
    }

    private UapiLineResult Feed(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("errno"u8)) return FinishWith(value);
        if (key.SequenceEqual("public_key"u8)) return BeginPeer(value);
        var understood = _peer is null ? FeedDevice(key, value) : FeedPeer(_peer, key, value);
        if (!understood) Unknown++;
        return UapiLineResult.Continue;
    }

    private UapiLineResult FinishWith(ReadOnlySpan<byte> value)
    {
        if (!TryNumber(value, out int errno) || errno == int.MinValue) return UapiLineResult.Malformed;
        EndPeer();
        _errno = Math.Abs(errno);
        return UapiLineResult.Continue;
    }

    private UapiLineResult BeginPeer(ReadOnlySpan<byte> value)
    {
        EndPeer();
        Span<byte> key = stackalloc byte[WireGuardAttributes.KeySize];
        // Without the key nobody knows whose the following lines are.
        if (!TryKey(value, key)) return UapiLineResult.Malformed;
        _peer = _device.Peer(Convert.ToBase64String(key));
        return UapiLineResult.Continue;
    }

    private void EndPeer()
    {
        if (_peer is not null && !_peer.TrySetHandshake(_handshakeSeconds, _handshakeNanoseconds)) Unknown++;
        (_peer, _handshakeSeconds, _handshakeNanoseconds) = (null, 0, 0);
    }

    private bool FeedDevice(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("private_key"u8)) return SetIdentity(value);
        if (key.SequenceEqual("listen_port"u8))
        {
            if (!TryNumber(value, out ushort port)) return false;
            _device.ListenPort = port;
            return true;
        }

        if (!key.SequenceEqual("fwmark"u8) || !TryNumber(value, out uint mark)) return false;
        _device.FirewallMark = mark;
        return true;
    }

    private bool SetIdentity(ReadOnlySpan<byte> value)
    {
        Span<byte> secret = stackalloc byte[WireGuardAttributes.KeySize];
        Span<byte> derived = stackalloc byte[WireGuardAttributes.KeySize];
        try
        {
            if (!TryKey(value, secret)) return false;
            if (!secret.ContainsAnyExcept((byte)0)) return true; // no identity
            Curve25519.DerivePublicKey(secret, derived);
            _device.PublicKey = Convert.ToBase64String(derived);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private bool FeedPeer(WireGuardPeerBuilder peer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("preshared_key"u8)) return SetPresharedKey(peer, value);
        if (key.SequenceEqual("endpoint"u8)) return SetEndpoint(peer, value);
        if (key.SequenceEqual("allowed_ip"u8)) return AddAllowedIp(peer, value);
        if (key.SequenceEqual("last_handshake_time_sec"u8)) return TryNumber(value, out _handshakeSeconds);
        if (key.SequenceEqual("last_handshake_time_nsec"u8)) return TryNumber(value, out _handshakeNanoseconds);
        if (key.SequenceEqual("protocol_version"u8)) return true;
        if (key.SequenceEqual("persistent_keepalive_interval"u8))
        {
            if (!TryNumber(value, out ushort seconds)) return false;
            peer.SetKeepalive(seconds);
            return true;
        }

        var received = key.SequenceEqual("rx_bytes"u8);
        if ((!received && !key.SequenceEqual("tx_bytes"u8)) || !TryNumber(value, out ulong bytes)) return false;
        if (received) peer.SetReceived(bytes);
        else peer.SetSent(bytes);
        return true;
    }

    private bool SetPresharedKey(WireGuardPeerBuilder peer, ReadOnlySpan<byte> value)
    {
        Span<byte> secret = stackalloc byte[WireGuardAttributes.KeySize];
        try
        {
            if (!TryKey(value, secret)) return false;
            peer.SetPresharedKey(_device.PublicKey, secret);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary><c>a.b.c.d:port</c> or <c>[v6]:port</c>, the latter possibly with a zone, which is left out.</summary>
    private static bool SetEndpoint(WireGuardPeerBuilder peer, ReadOnlySpan<byte> value)
    {
        var colon = value.LastIndexOf((byte)':');
        if (colon <= 0 || !TryNumber(value[(colon + 1)..], out ushort port)) return false;
        var host = value[..colon];
        if (host[0] == (byte)'[' && host[^1] == (byte)']') host = host[1..^1];
        var zone = host.IndexOf((byte)'%');
        if (zone >= 0) host = host[..zone];
        if (!IpAddr.TryParse(Encoding.ASCII.GetString(host), out var address)) return false;
        peer.SetEndpoint(new IpEndpoint(address, port));
        return true;
    }

    private static bool AddAllowedIp(WireGuardPeerBuilder peer, ReadOnlySpan<byte> value)
    {
        if (!IpPrefix.TryParse(Encoding.ASCII.GetString(value), out var prefix)) return false;
        peer.AddAllowedIp(prefix);
        return true;
    }

    /// <summary>64 hexadecimal digits.</summary>
    private static bool TryKey(ReadOnlySpan<byte> hex, Span<byte> key) =>
        hex.Length == key.Length * 2
        && Convert.FromHexString(hex, key, out _, out var written) == System.Buffers.OperationStatus.Done
        && written == key.Length;

    private static bool TryNumber(ReadOnlySpan<byte> text, out int value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;

    private static bool TryNumber(ReadOnlySpan<byte> text, out ushort value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;

    private static bool TryNumber(ReadOnlySpan<byte> text, out uint value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;

    private static bool TryNumber(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;

    private static bool TryNumber(ReadOnlySpan<byte> text, out ulong value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;
}

/// <summary>What a line means for the answer.</summary>
internal enum UapiLineResult
{
    Continue,

    /// <summary>The empty line after <c>errno=</c>: the answer is whole.</summary>
    Complete,

    /// <summary>The line breaks the protocol.</summary>
    Malformed,
}
