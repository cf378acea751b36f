// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.WireGuard.Placement;

/// <summary>
/// Finds the namespace of the device behind a UAPI socket. The socket is a file and says a name only; namespaces may have TUN devices of equal
/// names. What tells is the process: one that sees the socket, has a device of that name open, and of which the kernel says where the device
/// is. Where that cannot be had the name counts, but only if one single namespace has it.
/// </summary>
/// <param name="holders">Processes with TUN devices.</param>
/// <param name="spaces">Which namespaces have a TUN device of a name; asked only where the kernel does not say it of the device itself.</param>
/// <param name="serves">True when a process holds a listening UAPI socket of that name; asked only where several could.</param>
internal sealed class UapiPlacer(TunHolders holders, Func<TunSpaces> spaces, Func<TunHolder, string, bool> serves)
{
    private readonly Lazy<TunSpaces> _spaces = new(spaces);

    /// <summary>Places every answer. Two devices of one name cannot be in one namespace: then neither is.</summary>
    public PlacedUapi Place(UapiSnapshot snapshot)
    {
        var placed = snapshot.Answers.Select(answer => new PlacedAnswer(answer, PlaceOf(answer))).ToList();
        var devices = placed.Where(one => one.Answer.Device is not null && one.Place.Namespace is not null)
            .ToLookup(one => (one.Place.Namespace, one.Answer.Name));
        return new PlacedUapi([.. placed.Select(one => one.Answer.Device is not null && devices[(one.Place.Namespace, one.Answer.Name)].Skip(1).Any()
            ? one with { Place = UapiPlace.Ambiguous($"it answers, but so does another socket of that name, and both fit the device of {one.Place.Namespace}") }
            : one)]);
    }

    private UapiPlace PlaceOf(UapiAnswer answer)
    {
        var name = answer.Name;
        var candidates = holders.All.Where(holder => answer.SeenBy.Contains(holder.Pid) && holder.Has(name)).ToList();
        if (candidates.Count == 0) return ByName(name);
        // The number of a listener that has ended may be another process' by now: it counts only if that one fits as well.
        var listener = candidates.Find(holder => holder.Pid == answer.ListenerPid);
        var places = listener is null ? PlacesOf(candidates, name) : PlacesOf([listener], name);
        if (places.Count > 1) places = PlacesOf(candidates.Where(holder => serves(holder, name)), name);
        return places.Count == 1
            ? places[0]
            : UapiPlace.Ambiguous($"it answers, but {candidates.Count} processes that see it have a TUN device of that name, and which one serves it could not be told");
    }

    private IReadOnlyList<UapiPlace> PlacesOf(IEnumerable<TunHolder> candidates, string name) =>
        [.. candidates.SelectMany(holder => holder.Tuns.Where(tun => tun.Name == name).Select(tun => PlaceOf(holder, tun))).Distinct()];

    private UapiPlace PlaceOf(TunHolder holder, HeldTun tun)
    {
        if (tun.Namespace is { } exact) return In(exact, holder.Namespace);
        // The kernel did not say it: the process' own namespace if it has such a device, else the only one that has.
        var with = _spaces.Value.With(tun.Name);
        if (holder.Namespace is { } own && with.Contains(own, StringComparer.Ordinal)) return In(own, own);
        return with.Count == 1 ? In(with[0], holder.Namespace) : ByName(tun.Name);
    }

    private UapiPlace ByName(string name) => _spaces.Value.With(name) switch
    {
        [] => UapiPlace.Nowhere,
        [var only] => In(only, null),
        var several => UapiPlace.Ambiguous(
            $"it answers, but {several.Count} network namespaces have a TUN device of that name ({string.Join(", ", several.Take(4))}), and which one it serves could not be told{Denied}"),
    };

    private string Denied => holders.Denied > 0 ? $" ({holders.Denied} processes may not be looked at, it takes CAP_SYS_PTRACE)" : string.Empty;

    private static UapiPlace In(string space, string? process) => new(space, process == space ? null : process);
}
