// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>Collects what a rule has to say and turns it into a finding of bounded size.</summary>
internal sealed class FindingDraft(RuleDescriptor rule, DeviceView device)
{
    private const int EvidenceLimit = 24;
    private const int RemediationLimit = 64;
    private const int PrefixLimit = 64;

    private readonly List<Evidence> _evidence = [];
    private readonly List<Remediation> _remediation = [];
    private readonly Dictionary<PeerView, TunnelState> _effects = [];
    private readonly List<UnlistedEffect> _unlisted = [];

    private double _trust = Trust.Of(device);

    public required string Message { get; init; }

    public required double Confidence { get; init; }

    public Severity Severity { get; init; } = rule.Severity;

    public PeerView? Entry { get; init; }

    public IpFamily? Family { get; init; }

    public IReadOnlyList<IpPrefix> Prefixes { get; init; } = [];

    /// <summary>Where it has to be mended, when that is another namespace or node than the device's.</summary>
    public NamespaceView? Place { get; init; }

    /// <summary>The device that the finding is about, when it is not the one that gave rise to it.</summary>
    public string? PlaceDevice { get; init; }

    public FindingDraft Evidence(DeviceView where, string what, string observed, string? expected, string? source = null)
    {
        _trust = Math.Min(_trust, Trust.Of(where));
        if (_evidence.Count < EvidenceLimit)
            _evidence.Add(new Evidence(where.Node.Name, what, observed, expected, source ?? where.Source));
        return this;
    }

    public FindingDraft Evidence(NamespaceView where, string what, string observed, string? expected, string source = "rtnetlink")
    {
        if (_evidence.Count < EvidenceLimit)
            _evidence.Add(new Evidence(where.Node.Name, where.IsHost ? what : $"{what} (in {where.Name})", observed, expected, source));
        return this;
    }

    public FindingDraft Mend(params IEnumerable<Remediation?> commands)
    {
        foreach (var command in commands)
        {
            if (command is not null && _remediation.Count < RemediationLimit && !_remediation.Contains(command)) _remediation.Add(command);
        }

        return this;
    }

    public FindingDraft Affects(PeerView? tunnel, TunnelState state)
    {
        if (tunnel is not null) _effects.TryAdd(tunnel, state);
        return this;
    }

    public FindingDraft AffectsUnlisted(DeviceView all, TunnelState? outbound = null, TunnelState? inbound = null)
    {
        _unlisted.Add(new UnlistedEffect(all, outbound, inbound));
        return this;
    }

    public RuleFinding Build() => new(rule, device, new Finding
    {
        Code = rule.Code,
        Layer = rule.Layer,
        Severity = Severity,
        Confidence = Math.Round(Math.Clamp(Confidence * _trust, 0, 1), 2),
        Subject = new Subject
        {
            Node = (Place ?? device.Namespace).Node.Name,
            Namespace = (Place ?? device.Namespace).Name,
            Device = PlaceDevice ?? (Place is null ? device.Name : null),
            PeerKey = Entry?.Key,
            PeerNode = Entry?.Remote?.Node.Name,
            Family = Family,
            Prefixes = [.. Prefixes.Take(PrefixLimit)],
        },
        Message = Message,
        Explanation = rule.Explanation,
        FalsifiedBy = rule.FalsifiedBy,
        Evidence = _evidence,
        Remediation = _remediation,
        AffectedTunnels = TunnelOrder.Sort(_effects.Keys.Select(tunnel => tunnel.Id)),
    }, [.. _effects.Select(effect => new TunnelEffect(effect.Key, effect.Value))])
    {
        Unlisted = _unlisted,
    };
}
