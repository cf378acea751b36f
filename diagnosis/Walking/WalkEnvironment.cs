// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Answers what packet filters ask of their namespace, from its facts and its routes.</summary>
internal sealed class WalkEnvironment(WalkNamespace space, DateTimeOffset? now) : IPacketEnvironment
{
    private readonly FactsEnvironment _tables = new(space.Facts, now);

    public DateTimeOffset? Now => now;

    public RouteType? AddressType(IpAddr address, PacketInterface? device)
    {
        if (space.Routes.Ask(new RoutingQuestion(address)) is not { } answer) return null;
        if (answer.Type != RouteType.Local || device?.Index is not { } index || answer.Link is not { } link) return answer.Type;
        // Asked for one device only: an address of another one is not local there.
        return link == index || OnDevice(address, index) ? RouteType.Local : RouteType.Unicast;
    }

    public RouteAnswer? Route(RouteQuestion question)
    {
        if (question.Mark is not { } mark) return null;
        // Reverse path matches ask the tables for a source that is not this host's, which a question to the kernel may not name (ip_route_output_key).
        if (question is { Input: null, Source: { } source } && space.Facts.Addresses.Value?.Any(own => own.Address == source) == false) return _tables.Route(question);
        var answer = space.Routes.Ask(new RoutingQuestion(question.Destination, question.Source, question.Input?.Index, question.Device?.Index, mark));
        if (answer is null) return null;
        return new RouteAnswer(answer.Error is null ? answer.Type : RouteType.Unreachable, answer.Link is { } link ? InterfaceOf(space, link) : null);
    }

    public IpAddr? SourceAddress(PacketInterface device, IpAddr destination)
    {
        if (device.Index is not { } index) return null;
        return space.Routes.Ask(new RoutingQuestion(destination, OutputLink: index))?.Source ?? FirstAddress(device, destination.Family);
    }

    public IpAddr? FirstAddress(PacketInterface device, IpFamily family) => (space.Facts.Addresses.Value ?? [])
        .Where(own => own.Link == device.Index && own.Address.Family == family && !own.Unusable)
        .Select(own => (IpAddr?)own.Address)
        .FirstOrDefault();

    /// <summary>A device as packet filters look at it.</summary>
    public static PacketInterface? InterfaceOf(WalkNamespace space, int index) => space.Link(index) is { } link
        ? new PacketInterface { Name = link.Name, Index = link.Index, Kind = link.Kind ?? "", Type = link.HardwareType, Group = link.Group ?? 0 }
        : null;

    private bool OnDevice(IpAddr address, int index) => (space.Facts.Addresses.Value ?? []).Any(own => own.Link == index && own.Address == address);
}
