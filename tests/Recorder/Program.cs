// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.WireGuard.Placement;
using KubeWgDiag.Recorder;

// Records what the running kernel answers each of the probe's namespace readers over netlink, in the network namespace it is started in:
// FOLDER/READER.hex. Keys are zeroed before anything is written.
if (args.Length != 2)
{
    Console.Error.WriteLine("usage: kubewgdiag-recorder FOLDER COMMENT");
    return 2;
}

// Sockets for the readers of sockets; they end with this process.
using var socket4 = new UdpClient(new IPEndPoint(IPAddress.Any, 51999));
using var socket6 = new UdpClient(new IPEndPoint(IPAddress.IPv6Loopback, 51998));
Directory.CreateDirectory(args[0]);
var factory = new RecordingFactory();
var request = new CollectionRequest { NodeName = "recorded", Observation = TimeSpan.Zero, ReaderTimeout = TimeSpan.FromSeconds(30) };
var runner = new ReaderRunner(TimeProvider.System, request.ReaderTimeout, CancellationToken.None);
var uapi = new Fact<PlacedUapi> { Source = FactSources.UserspaceWireGuard, At = TimeProvider.System.GetUtcNow(), Value = new PlacedUapi([]) };
var target = new NamespaceTarget(NamespaceTarget.UnknownId, NamespaceTargets.HostName, null);
var reading = new NamespaceReading(target, new NodeEnvironment { Netlink = factory }, request, uapi, runner, TimeProvider.System.GetUtcNow());
foreach (var reader in NamespaceReaders.All)
{
    reader.Read(reading);
    var recording = factory.Take();
    if (recording.Exchanges.Count == 0) continue;
    if (reader.Name == "wireguard")
    {
        foreach (var datagram in recording.Exchanges.SelectMany(exchange => exchange.Datagrams)) WireGuardSecrets.Clear(datagram.AsSpan());
    }

    File.WriteAllText(Path.Combine(args[0], $"{reader.Name}.hex"), recording.Format($"{reader.Name} of {args[1]}, kernel {KernelRelease.Read()}, {RuntimeInformation.ProcessArchitecture}"));
    Console.WriteLine($"{reader.Name}: {recording.Exchanges.Count} requests, {recording.Exchanges.Sum(exchange => exchange.Datagrams.Count)} datagrams");
}

return 0;
