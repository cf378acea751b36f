// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.WireGuard.Placement;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>
/// The reading of one network namespace: what readers read with, and the facts they fill one after the other. What runs through one of
/// the Run methods is timed, limited and guarded: whatever happens in it becomes a fact. Every netlink reader has a socket of its own.
/// </summary>
internal sealed class NamespaceReading
{
    private readonly ReaderRunner _runner;

    public NamespaceReading(
        NamespaceTarget target, NodeEnvironment environment, CollectionRequest request, Fact<PlacedUapi> uapi, ReaderRunner runner, DateTimeOffset at)
    {
        (Target, Environment, Request, Uapi, _runner) = (target, environment, request, uapi, runner);
        Facts = UnreadNamespace.Of(target, new NotAvailable(NotAvailableReason.NotRequested, "not asked for"), at);
    }

    /// <summary>The namespace that is read; the calling thread is in it.</summary>
    public NamespaceTarget Target { get; }

    /// <summary>Where to read from.</summary>
    public NodeEnvironment Environment { get; }

    /// <summary>What was asked for.</summary>
    public CollectionRequest Request { get; }

    /// <summary>What the UAPI sockets of the whole node gave, asked and placed before any namespace was entered.</summary>
    public Fact<PlacedUapi> Uapi { get; }

    /// <summary>What was read so far; what nobody read says <see cref="NotAvailableReason.NotRequested"/>.</summary>
    public NamespaceFacts Facts { get; set; }

    /// <summary>Runs a reader of files.</summary>
    public Fact<T> Run<T>(string source, Func<Deadline, Reading<T>> read)
        where T : class => _runner.Run(source, read);

    /// <summary>Runs a reader over an rtnetlink connection.</summary>
    public Fact<T> RunRoute<T>(string source, Func<NetlinkConnection, Deadline, Reading<T>> read)
        where T : class => RunNetlink(source, NetlinkConstants.ProtocolRoute, secret: false, read);

    /// <summary>Runs a reader over a netlink connection.</summary>
    /// <param name="source">What the fact says of where it was read.</param>
    /// <param name="protocol">NETLINK_*.</param>
    /// <param name="secret">The answers hold key material: the buffer is cleared after every datagram.</param>
    /// <param name="read">The reader.</param>
    public Fact<T> RunNetlink<T>(string source, int protocol, bool secret, Func<NetlinkConnection, Deadline, Reading<T>> read)
        where T : class => _runner.Run(source, deadline =>
        {
            var opened = NetlinkConnection.TryOpen(Environment.Netlink, protocol, secret, out var connection);
            if (connection is null) return Reading<T>.None(opened);
            using (connection) return read(connection, deadline);
        });
}
