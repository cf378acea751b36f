// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis;

/// <summary>Lists what the rules needed and did not get, so that silence is not taken for health.</summary>
internal static class UncheckedFacts
{
    public static IReadOnlyList<CouldNotCheck> List(MeshModel mesh, IReadOnlyList<RootCause> causes) => UncheckedList.Of(
        mesh.Nodes.SelectMany(OfNode)
            .Concat(mesh.DuplicateNodes.Select(name => new CouldNotCheck(name, "older facts of the node", "two sets of facts have this name; the newer was used")))
            .Concat(UncheckedDigests.OfMeshes(mesh))
            .Concat(UncheckedTests.Of(mesh, causes)),
        mesh.Nodes.Count);

    private static IEnumerable<CouldNotCheck> OfNode(NodeView node)
    {
        if (node.Namespaces.Count == 0) yield return new CouldNotCheck(node.Name, "network namespaces", "the facts hold none");
        if (node.Facts.Truncated) yield return new CouldNotCheck(node.Name, "all facts", $"cut to fit: {DisplayText.Detail(node.Facts.TruncatedWhat)}");
        foreach (var ns in node.Namespaces)
        {
            foreach (var item in OfNamespace(ns)) yield return item;
        }
    }

    private static IEnumerable<CouldNotCheck> OfNamespace(NamespaceView ns)
    {
        var facts = ns.Facts;
        (string What, Missing? Why)[] parts =
        [
            ("links", Why(facts.Links)),
            ("addresses", Why(facts.Addresses)),
            ("routes", Why(facts.Routes)),
            ("routing rules", Why(facts.Rules)),
            ("route lookups", Why(facts.RouteLookups)),
            ("sysctls", Why(facts.Sysctls)),
            ("what packet filters do to tunnels", facts.Walks is null ? null : Why(facts.Walks)),
            ("protocol counters", Why(facts.ProtocolCounters)),
            ("kernel WireGuard", KernelWireGuard(ns)),
            ("userspace WireGuard", Why(facts.UserspaceWireGuard) is { Reason: not NotAvailableReason.NotPresent } userspace ? userspace : null),
        ];
        foreach (var (what, why) in parts)
        {
            if (why is not null) yield return new CouldNotCheck(ns.Node.Name, Where(ns, what), why.Text);
        }

        foreach (var walk in Safe.List(facts.Walks).Where(walk => walk.Result == WalkResult.Undetermined).GroupBy(walk => (walk.Device, walk.DependsOn)))
            yield return new CouldNotCheck(ns.Node.Name, Where(ns, $"some packets of {DisplayText.Name(walk.Key.Device)} ({DisplayText.Join(walk.Select(item => item.Purpose).Distinct(), 3)})"), DisplayText.Detail(walk.Key.DependsOn));

        // A file that a dead process left behind hides nothing when its device is gone too.
        foreach (var socket in Safe.List(facts.UapiSocketProblems).Where(socket => socket.Problem switch
        {
            UapiSocketProblem.OtherNamespace => false,
            UapiSocketProblem.Stale => ns.Links.Any(link => link.Name == socket.Name),
            _ => true,
        }))
            yield return new CouldNotCheck(ns.Node.Name, Where(ns, $"UAPI socket {DisplayText.Name(socket.Name)}"), $"{socket.Problem}: {DisplayText.Detail(socket.Detail)}");
        foreach (var link in ns.Links.Where(link => link.Kind == "wireguard" && !ns.IsWireGuard(link.Index)))
            yield return new CouldNotCheck(ns.Node.Name, Where(ns, $"device {DisplayText.Name(link.Name)}"), "the link is there, but nothing of its peers was read");
        foreach (var item in ns.Devices.SelectMany(UncheckedDigests.OfDevice)) yield return item;
        foreach (var device in ns.Devices.Where(device => device.Key is null))
            yield return new CouldNotCheck(ns.Node.Name, Where(ns, $"device {device.Name}"), "it has no public key, so its tunnels cannot be tied to other nodes");
    }

    // No module is no fault where userspace does the work or where there is no WireGuard at all.
    private static Missing? KernelWireGuard(NamespaceView ns) => Why(ns.Facts.KernelWireGuard) switch
    {
        { Reason: NotAvailableReason.NotPresent } when ns.Devices.Exists(device => device.IsUserspace) || !ns.Links.Any(link => link.Kind == "wireguard") => null,
        var why => why,
    };

    /// <summary>Why a fact that was asked for could not be had; null when there is nothing to say.</summary>
    internal static string? WhyNot<T>(Fact<T>? fact)
        where T : class => fact?.Interrupted == true ? null : Why(fact)?.Text;

    private static Missing? Why<T>(Fact<T>? fact)
        where T : class => fact switch
        {
            null => new Missing(null, "the facts do not hold it"),
            { Value: not null, Interrupted: true } => new Missing(null, "it changed while it was read; what was judged from it is less sure"),
            { Value: not null } => null,
            { NotAvailable: { Reason: NotAvailableReason.NotRequested } } => null,
            { NotAvailable: { } missing } => new Missing(missing.Reason, $"{missing.Reason}: {DisplayText.Detail(missing.Detail)}"),
            _ => new Missing(null, "neither a value nor a reason was given"),
        };

    private static string Where(NamespaceView ns, string what) => ns.IsHost ? what : $"{what} in {ns.Name}";

    private sealed record Missing(NotAvailableReason? Reason, string Text);
}
