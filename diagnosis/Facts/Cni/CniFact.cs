// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts.Cni;

/// <summary>What the pod network's configuration on this node says. Names and numbers only: never credentials, nor the paths to them.</summary>
public sealed record CniFact
{
    /// <summary>The folders with configuration, well-known ones first. A container runtime reads one of them.</summary>
    public IReadOnlyList<CniFolderFact> Folders { get; init; } = [];

    /// <summary>What flannel leaves for its CNI plugin (/run/flannel/subnet.env); null when it is not there.</summary>
    public FlannelSubnetFact? Flannel { get; init; }

    /// <summary>MTU that Calico leaves for its CNI plugin (/var/lib/calico/mtu); null when it is not there.</summary>
    public int? CalicoMtu { get; init; }
}

/// <summary>A folder with CNI configuration.</summary>
/// <param name="Path">Its path on the host.</param>
/// <param name="Files">Its configuration files in the order in which a runtime looks at them, and files that somebody renamed.</param>
/// <param name="Network">What the effective file says; null when no file is usable.</param>
public sealed record CniFolderFact(string Path, IReadOnlyList<CniFileFact> Files, CniNetworkFact? Network = null);

/// <summary>A configuration file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Whether it counts.</param>
/// <param name="Detail">Why it is unusable, or the name of its network.</param>
public sealed record CniFileFact(string Name, CniFileState State, string? Detail = null);

/// <summary>Whether a configuration file counts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CniFileState>))]
public enum CniFileState
{
    /// <summary>The first usable one in lexical order: this is what new pods get.</summary>
    Effective,

    /// <summary>Usable, but another one comes first.</summary>
    Shadowed,

    /// <summary>It would count by its name, but cannot be read or understood.</summary>
    Unusable,

    /// <summary>Put aside by another network's installation, as by Cilium in exclusive mode (.cilium_bak).</summary>
    SetAside,
}
