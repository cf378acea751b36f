// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink.Routes;

namespace KubeWgDiag.NodeProbe.Explain;

/// <summary>The kernel answers for the routes of the namespace in which the connection was opened.</summary>
internal sealed class KernelRoutes(NetlinkConnection connection, TimeProvider time, TimeSpan limit, CancellationToken token) : IRouteOracle, IDisposable
{
    private const uint MainTable = 254;
    private const uint LocalTable = 255;

    /// <summary>inet_rtm_valid_getroute_req: the kernel takes no other protocol in a question.</summary>
    private static readonly byte[] Askable = [1, 6, 17, 58];

    public RoutingAnswer? Ask(RoutingQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (!TryAsk(question, match: false, out var way)) return null;
        if (way.Errno != 0) return new RoutingAnswer { Type = RouteType.Unreachable, Error = Errno.NameOf(way.Errno) };
        var matched = TryAsk(question, match: true, out var entry) ? entry.Route?.Destination : null;
        return new RoutingAnswer
        {
            Type = way.Route!.Type,
            Link = way.Hop?.Link,
            Gateway = way.Hop?.Gateway,
            Source = way.Route.PreferredSource,
            Table = TableOf(way.Route),
            Matched = matched,
            Mtu = way.Route.Mtu,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    // Without rules of its own a namespace keeps local and main routes in one trie, and the kernel calls both main (fib_trie_unmerge).
    private static uint TableOf(RouteFact route) =>
        route is { Table: MainTable, Type: RouteType.Local or RouteType.Broadcast } ? LocalTable : route.Table;

    private bool TryAsk(RoutingQuestion question, bool match, out RouteAnswer answer)
    {
        var askable = question.Protocol is { } protocol && Askable.Contains(protocol);
        var asked = new RouteQuestion
        {
            Destination = question.Destination,
            Source = question.Source is { IsUnspecified: false } source ? source : null,
            InputLink = question.InputLink,
            OutputLink = question.OutputLink,
            Mark = question.Mark,
            Protocol = askable ? question.Protocol : null,
            SourcePort = askable ? question.SourcePort : null,
            DestinationPort = askable ? question.DestinationPort : null,
            FibMatch = match,
        };
        return RouteLookup.Ask(connection, asked, new Deadline(time, limit, token), out answer).IsOk;
    }
}
