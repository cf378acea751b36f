// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Paths;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Paths;

/// <summary>Joins what both nodes of each path told, per direction, and names the first step that fails.</summary>
internal sealed class PathJudge
{
    private readonly MeshModel _mesh;
    private readonly PathWalks _walks;
    private readonly PathTunnels _tunnels;
    private readonly IReadOnlyList<RootCause> _causes;

    /// <param name="mesh">The mesh.</param>
    /// <param name="tunnels">States of tunnels; one that is not listed is not known to be broken.</param>
    /// <param name="causes">What was found, ranked.</param>
    public PathJudge(MeshModel mesh, IReadOnlyList<TunnelAssessment> tunnels, IReadOnlyList<RootCause> causes) =>
        (_mesh, _walks, _tunnels, _causes) = (mesh, new PathWalks(mesh), new PathTunnels(mesh, tunnels, causes), causes);

    /// <summary>Two results for each path: the request, the answer.</summary>
    /// <param name="asked">The paths; null = those of which the facts tell.</param>
    public IReadOnlyList<PathResult> Judge(IReadOnlyList<AskedPath>? asked) => [.. (asked ?? [.. _walks.Told]).SelectMany(Judge)];

    private IEnumerable<PathResult> Judge(AskedPath path)
    {
        if (path.Unresolved is { } reason)
        {
            yield return Unchecked(path, PathDirection.Request, reason);
            yield return Unchecked(path, PathDirection.Reply, reason);
            yield break;
        }

        var begin = _walks.Of(path, PathWay.RequestOut, path.FromNode).FirstOrDefault();
        var from = begin.Node?.Name ?? path.FromNode;
        var to = path.ToNode ?? (begin.Walk?.Arrived == true ? from : _walks.Of(path, PathWay.ReplyOut, node: null).Select(item => item.Node.Name).FirstOrDefault());
        // Translation at the sender makes it another source for everybody after it.
        IpAddr? source = begin.Walk is { } walk ? walk.Nat?.Source ?? walk.Here : null;
        yield return Direction(path, PathDirection.Request, (from, to), source, begin.Walk);
        var answer = source is { } known ? _walks.Of(path, PathWay.ReplyOut, to).Select(item => item.Walk).FirstOrDefault(reply => reply.There.Contains(known)) : null;
        yield return Direction(path, PathDirection.Reply, (to, from), source, answer);
    }

    private PathResult Direction(AskedPath path, PathDirection direction, (string? From, string? To) nodes, IpAddr? begin, PathWalkFact? outbound)
    {
        var isRequest = direction == PathDirection.Request;
        var (source, destination) = isRequest ? (begin, path.Target) : (path.Target, begin);
        var trail = new PathSteps(nodes.From, nodes.To);
        if (outbound is null) trail.Unknown(PathPlace.SourceNamespace, nodes.From, Missing(nodes.From, source, isRequest));
        else Join(path, trail, outbound, isRequest ? PathWay.RequestIn : PathWay.ReplyIn, isRequest ? begin : path.Target);
        var (verdict, reason) = trail.Verdict;
        var cause = trail.Failing is { } failing ? PathCauses.Find(_causes, failing) : null;
        return new PathResult
        {
            Path = path.Name,
            Direction = direction,
            FromNode = nodes.From,
            ToNode = nodes.To,
            Source = source,
            Destination = destination,
            Protocol = outbound?.Protocol,
            Port = outbound?.Port,
            Verdict = verdict,
            Reason = reason,
            Steps = trail.Steps,
            Code = cause?.Code,
            RootCause = cause?.RootCause,
        };
    }

    private void Join(AskedPath path, PathSteps trail, PathWalkFact outbound, PathWay way, IpAddr? source)
    {
        trail.Outbound(outbound);
        if (trail.IsOver || outbound.Arrived) return;
        if (outbound.Tunnel is { Peer: not null } tunnel) Through(path, trail, outbound, tunnel, way, source);
        else Beside(path, trail, outbound, way, source);
    }

    private void Through(AskedPath path, PathSteps trail, PathWalkFact outbound, PathTunnelFact tunnel, PathWay way, IpAddr? source)
    {
        var (sender, receiver) = _tunnels.Ends(trail.From, tunnel);
        if (receiver is null)
        {
            Stray(trail, null, $"peer {DisplayText.Name(PublicKeys.Short(tunnel.Peer!))} of {DisplayText.Name(tunnel.Device)} belongs to no node that reported");
            return;
        }

        if (trail.To is not null && receiver.Node.Name != trail.To)
        {
            Astray(trail, receiver, outbound);
            return;
        }

        _tunnels.Cross(trail, sender, receiver, tunnel);
        if (trail.IsOver) return;
        var inbound = Inbound(path, way, receiver.Node.Name, source).FirstOrDefault(walk => walk.Tunnel?.Device == receiver.RawName);
        if (inbound is null)
        {
            if (source is { } known && Refused(sender, receiver, known) is { } refusal) trail.Fail(PathPlace.Decryption, receiver.Node.Name, refusal);
            else trail.Unknown(PathPlace.DestinationNode, receiver.Node.Name, Missing(receiver.Node.Name, path.Target, isRequest: way == PathWay.RequestIn));
            return;
        }

        trail.Inbound(inbound);
        if (trail.IsOver || sender?.Key is not { } key || inbound.Tunnel?.Peer is not { } owner || PublicKeys.Canonical(owner) == key) return;
        trail.Wrong(PathPlace.Decryption, $"AllowedIPs give the source to peer {DisplayText.Name(PublicKeys.Short(owner))}, not to the one it comes from");
    }

    // What the receiver's entries say of a source that it was not asked about.
    private static string? Refused(DeviceView? sender, DeviceView receiver, IpAddr source)
    {
        if (receiver.Unlisted is not null || !receiver.PeersComplete) return null;
        if (receiver.Cryptokey.Owner(IpPrefix.Host(source)) is not { } owner) return $"no peer of {receiver.Name} has {source} in its AllowedIPs";
        return sender?.Key is { } key && owner.Peer.Key != key ? $"AllowedIPs give {source} to peer {PublicKeys.Short(owner.Peer.Key)}, not to the one it comes from" : null;
    }

    // Where a finding says that the sender's entry is wrong it is no way round.
    private void Stray(PathSteps trail, string? node, string what)
    {
        var step = new PathStep(PathPlace.Encryption, trail.From, PathStepOutcome.Fails, what);
        if (PathCauses.Find(_causes, new FailedStep(step, trail.From, trail.To, null)) is not null) trail.Wrong(PathPlace.Encryption, what);
        else trail.Unknown(PathPlace.Tunnel, node, what);
    }

    // A node between the two may pass it on by another tunnel of the same device.
    private void Astray(PathSteps trail, DeviceView receiver, PathWalkFact outbound)
    {
        var destination = outbound.Nat?.Destination ?? outbound.There[0];
        if (receiver.Cryptokey.Owner(IpPrefix.Host(destination)) is null && receiver.Unlisted is null)
            trail.Wrong(PathPlace.Encryption, $"AllowedIPs lead to {receiver.Node.Name}, which has {destination} behind none of its peers");
        else
            Stray(trail, receiver.Node.Name, $"it goes by way of {receiver.Node.Name}, where it was not walked");
    }

    private void Beside(AskedPath path, PathSteps trail, PathWalkFact outbound, PathWay way, IpAddr? source)
    {
        var isNext = outbound.NextHop is { } hop && _mesh.Nodes.FirstOrDefault(node => node.Name == trail.To) is { } node
            && node.Namespaces.Any(space => space.Addresses.Any(own => own.Address == hop));
        if (!isNext && outbound.Bypassed is { } tunnel)
        {
            trail.Wrong(PathPlace.SourceNode, $"it leaves unencrypted to {outbound.NextHop} although AllowedIPs {tunnel.Prefix} of {DisplayText.Name(tunnel.Device)} have its destination");
            return;
        }

        if (!isNext) trail.Unknown(PathPlace.SourceUnderlay, null, $"it leaves unencrypted to {outbound.NextHop}; what happens there was not read");
        var inbound = trail.To is null ? null : Inbound(path, way, trail.To, source).FirstOrDefault(walk => walk.Tunnel is null);
        if (inbound is not null) trail.Inbound(inbound);
        else if (isNext) trail.Unknown(PathPlace.DestinationNode, trail.To, Missing(trail.To, path.Target, isRequest: way == PathWay.RequestIn));
    }

    private IEnumerable<PathWalkFact> Inbound(AskedPath path, PathWay way, string node, IpAddr? source) =>
        _walks.Of(path, way, node).Select(item => item.Walk).Where(walk => source is { } known && walk.There.Contains(known));

    private string Missing(string? name, IpAddr? address, bool isRequest)
    {
        var what = address is { } known ? $"{known}" : "the address";
        if (name is null) return isRequest ? $"no node that reported has {what}" : "no node that reported has the other end of the path";
        var node = _mesh.Nodes.FirstOrDefault(view => view.Name == name);
        if (node is null) return $"{name} has not reported";
        if (node.Facts.PathWalks is null) return $"{name} walked no path";
        return node.Facts.PathWalks.Value is null
            ? $"{name} could not walk the path: {DisplayText.Detail(node.Facts.PathWalks.NotAvailable?.Detail)}"
            : $"{name} has not walked the packet between these addresses; what has the address may have moved";
    }

    private static PathResult Unchecked(AskedPath path, PathDirection direction, string reason) => new()
    {
        Path = path.Name,
        Direction = direction,
        FromNode = direction == PathDirection.Request ? path.FromNode : path.ToNode,
        ToNode = direction == PathDirection.Request ? path.ToNode : path.FromNode,
        Destination = direction == PathDirection.Request ? path.Target : null,
        Verdict = PathVerdict.CouldNotCheck,
        Reason = reason,
    };
}
