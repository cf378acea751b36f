// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Pods;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Signal: a pod's end of its veth has a larger MTU than the node's end, which drops what is longer without telling anybody; or a larger one than the
/// tunnel, so that the node has to send ICMP for every large packet; or a smaller one than the node's end, and both ends count what that costs.
/// Threshold: an error where the node's end counts dropped packets meanwhile.
/// Traps: hosts of a LAN behind a gateway have larger MTUs by nature: only pods are compared with the tunnel; routes in the pod that carry the smaller MTU (Cilium).
/// </summary>
internal sealed class MtuPodMismatchRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-MTU-POD-MISMATCH", Layer.Mtu, Severity.Error, "A pod's MTU is larger than its way")
    {
        Precedence = Rules.Precedence.Data + 7,
        ExplainedBy = ["WG-MTU-TOO-SMALL"],
        Explanation = "A pod keeps the MTU it was started with. What is longer than the node's end of its veth is dropped there without a word; what is longer than the tunnel costs an ICMP message, which "
            + "TCP follows and many UDP programs do not.",
        FalsifiedBy = "`ping -M do` from the pod with its full MTU gets an answer or an ICMP message that names the smaller one.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var place in PodPlace.Find(mesh))
        {
            var mtu = Largest(place);
            if (place.Outer.Mtu > 0 && mtu > place.Outer.Mtu) yield return Veth(place, mtu);
            else if (TooLongForPod(place) is > 0 and var lost) yield return Smaller(place, lost);
            else if (place.IsPod && place.Device.Link is { Up: true, Mtu: > 0 } link && mtu > link.Mtu) yield return Tunnel(place, mtu, link.Mtu);
        }

        foreach (var brief in BriefPod.Find(mesh).Where(brief => brief.Mtu > brief.Widest)) yield return Build(brief);
    }

    // All routes of the pod may say less than its device.
    private static int Largest(PodPlace place)
    {
        var routes = place.Namespace.RoutesVia(place.Inner.Index).ToList();
        return routes.Count == 0 ? place.Inner.Mtu : routes.Max(route => Math.Min(route.Mtu ?? place.Inner.Mtu, place.Inner.Mtu));
    }

    // A veth takes nothing in that is longer than its own end says, whatever the other end may send (is_skb_forwardable); both ends count it.
    private static ulong TooLongForPod(PodPlace place) =>
        place.Inner.Mtu > 0 && place.Inner.Mtu < place.Outer.Mtu && place.Device.Link is { Mtu: var tunnel } && place.Inner.Mtu < tunnel
            ? Math.Min(place.Outer.Counters?.TxDropped.Growth ?? 0, place.Inner.Counters?.RxDropped.Growth ?? 0)
            : 0;

    private RuleFinding Smaller(PodPlace place, ulong lost)
    {
        var draft = Draft(place, place.Inner.Mtu, $"{Name(place)} on {place.Host.Node.Name} takes {place.Inner.Mtu} bytes, the node's end of its veth sends {place.Outer.Mtu}: longer packets are dropped without a message.", true);
        draft.Evidence(place.Host, $"ip -s link show {DisplayText.Name(place.Outer.Name)}", $"mtu {place.Outer.Mtu}, TX dropped +{lost}", $"mtu {place.Inner.Mtu}", "rtnetlink");
        return Mend(draft, place, place.Device.Link!.Mtu);
    }

    private RuleFinding Veth(PodPlace place, int mtu)
    {
        var dropped = place.Outer.Counters?.RxDropped.Growth ?? 0;
        var draft = Draft(place, mtu, $"{Name(place)} on {place.Host.Node.Name} has MTU {mtu}, the node's end of its veth {place.Outer.Mtu}: longer packets are dropped without a message.", dropped > 0);
        draft.Evidence(place.Host, $"ip -s link show {DisplayText.Name(place.Outer.Name)}", $"mtu {place.Outer.Mtu}, RX dropped +{dropped}", $"mtu {mtu}, or the pod's smaller");
        return Mend(draft, place, place.Outer.Mtu);
    }

    private RuleFinding Tunnel(PodPlace place, int mtu, int tunnel)
    {
        var draft = Draft(place, mtu, $"{Name(place)} on {place.Host.Node.Name} has MTU {mtu}, its tunnel {place.Device.Name} {tunnel}.", false);
        draft.Evidence(place.Device, $"ip link show {place.Device.Name}", $"mtu {tunnel}", null, "rtnetlink");
        return Mend(draft, place, tunnel);
    }

    // Its routes were not read: they may say less than its device, so it is sure only where packets were dropped.
    private RuleFinding Build(BriefPod pod)
    {
        var name = DisplayText.Name(pod.Outer.Name);
        var draft = new FindingDraft(Descriptor, pod.Device)
        {
            Message = $"The pod with {pod.Address} on {pod.Device.Node.Name} has MTU {pod.Mtu}, the node's end of its way at most {pod.Widest}: longer packets are dropped without a message.",
            Confidence = pod.Dropped > 0 ? 0.88 : 0.6,
            Severity = pod.Dropped > 0 ? Descriptor.Severity : Severity.Info,
            Place = pod.Device.Namespace,
            PlaceDevice = name,
            Prefixes = [IpPrefix.Host(pod.Address)],
        };
        draft.Evidence(pod.Device, $"MTU of the device with {pod.Address}", $"{pod.Mtu}", $"{pod.Widest}", "rtnetlink");
        draft.Evidence(pod.Device, $"ip -s link show {name}", $"mtu {pod.Outer.Mtu}, RX dropped +{pod.Dropped}", "+0", "rtnetlink");
        foreach (var peer in pod.Device.Peers) draft.Affects(peer, TunnelState.Degraded);
        return draft.Build();
    }

    private FindingDraft Draft(PodPlace place, int mtu, string message, bool losing)
    {
        var draft = new FindingDraft(Descriptor, place.Device)
        {
            Message = message,
            Confidence = losing ? 0.93 : 0.85,
            Severity = losing ? Descriptor.Severity : Severity.Warning,
            Place = place.Namespace,
            PlaceDevice = DisplayText.Name(place.Inner.Name),
        };
        draft.Evidence(place.Namespace, $"ip link show {DisplayText.Name(place.Inner.Name)}", $"mtu {mtu}", null);
        return draft;
    }

    private static RuleFinding Mend(FindingDraft draft, PodPlace place, int wanted)
    {
        draft.Mend(new NamespaceCommands(place.Namespace).Mtu(place.Inner, wanted));
        foreach (var peer in place.Device.Peers) draft.Affects(peer, TunnelState.Degraded);
        return draft.Build();
    }

    private static string Name(PodPlace place) => DisplayText.Name(place.Namespace.Facts.Name);
}
