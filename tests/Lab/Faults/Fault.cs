// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Faults;

/// <summary>A fault that the lab can make and take back. Its code is the expected diagnosis and comes from here alone.</summary>
public sealed record Fault
{
    /// <summary>The code that a diagnosis has to name first.</summary>
    public required string Code { get; init; }

    /// <summary>The code over IPv6 where it is another one.</summary>
    public string? CodeV6 { get; init; }

    /// <summary>Tells apart faults with the same code; null for the plain one.</summary>
    public string? Variant { get; init; }

    /// <summary>What is done, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>What a person at the cluster would notice.</summary>
    public required string Symptom { get; init; }

    /// <summary>Which traffic suffers.</summary>
    public required Suffering Suffers { get; init; }

    /// <summary>Which traffic suffers over IPv6 where that differs.</summary>
    public Suffering? SuffersV6 { get; init; }

    /// <summary>Seconds that the fault needs until it shows.</summary>
    public int NeedsSeconds { get; init; }

    /// <summary>Breaks it. Wants a healthy lab with traffic.</summary>
    public required Func<FaultScene, CancellationToken, Task> InjectAsync { get; init; }

    /// <summary>Name for the command line.</summary>
    public string Name => Variant is null ? Code : $"{Code}/{Variant}";

    /// <summary>The code that a diagnosis has to name first in a mesh of one family.</summary>
    public string CodeOver(Networks.Family family) => family == Networks.Family.V6 ? CodeV6 ?? Code : Code;

    /// <summary>Puts everything back as planned, and is harmless where nothing is broken.</summary>
    public static Task HealAsync(FaultScene scene, CancellationToken ct) => scene.Lab.RestoreAsync(ct);
}

/// <summary>Which traffic a fault takes away.</summary>
public enum Suffering
{
    /// <summary>The first node's pod gets no answer from the second node's pod.</summary>
    PodToPod,

    /// <summary>Pods talk; the first node itself gets no answer from the second node's pod.</summary>
    HostToPod,

    /// <summary>Small packets pass; a full packet leaves the tunnel in fragments or not at all.</summary>
    LargePackets,
}
