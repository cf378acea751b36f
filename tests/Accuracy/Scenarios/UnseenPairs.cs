// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Two faults on the same way, of which the first hides what the second would do: both can be read, only one shows in counters. Written before the first run.</summary>
internal static class UnseenPairs
{
    private static readonly (string First, string Second)[] Plan =
    [
        ("WG-RULE-BLACKHOLE", "WG-ALLOWEDIPS-MISSING-SRC"),
        ("WG-RULE-BLACKHOLE", "WG-UDP-PORT-BLOCKED-INPUT"),
        ("WG-FORWARDING-DISABLED", "WG-NFT-FORWARD-DROP"),
        ("WG-ALLOWEDIPS-MISSING-DST", "WG-NFT-FORWARD-DROP"),
        ("WG-KEY-DRIFT", "WG-NFT-FORWARD-DROP"),
        ("WG-ALLOWEDIPS-MISSING-SRC", "WG-NFT-FORWARD-DROP/return"),
    ];

    public static IReadOnlyList<Scenario> From(IReadOnlyList<Scenario> faults) =>
        [.. Plan.Select(p => Pair(faults.First(f => f.Name == p.First), faults.First(f => f.Name == p.Second)))];

    // An entry that owns nothing shows from both sides; where nothing arrives any more, only its own node's view is left.
    private static Scenario Wider(Scenario fault) =>
        fault.Code == "WG-ALLOWEDIPS-MISSING-SRC" ? fault with { AlsoAcceptable = [.. fault.AlsoAcceptable, "WG-ALLOWEDIPS-MISSING-DST"] } : fault;

    private static Scenario Pair(Scenario first, Scenario second) => new()
    {
        Code = first.Code,
        Title = $"{first.Title}; on the same way: {second.Title}",
        Layouts = first.Layouts & second.Layouts & (Layouts.Flannel | Layouts.Sites),
        Families = first.Families & second.Families,
        Implementations = first.Implementations & second.Implementations,
        Parts = [new Part(Wider(first), Role.AToB), new Part(Wider(second), Role.AToB)],
    };
}
