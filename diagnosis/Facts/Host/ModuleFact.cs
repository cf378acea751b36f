// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>A kernel module.</summary>
/// <param name="Name">Name with underscores.</param>
/// <param name="State">Where it is.</param>
/// <param name="Version">What it says of itself; null when it says nothing.</param>
/// <param name="Taint">Letters of the taint it brings (<c>O</c> out of tree, <c>E</c> unsigned, <c>P</c> proprietary); null when none.</param>
public sealed record ModuleFact(string Name, ModuleState State, string? Version = null, string? Taint = null);

/// <summary>Where a module is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModuleState>))]
public enum ModuleState
{
    /// <summary>
    /// Not loaded; whether it is built in (what has neither parameters nor a version leaves no trace) or could be loaded is not known, as
    /// /lib/modules of this kernel could not be read.
    /// </summary>
    NotLoaded,

    /// <summary>Loaded.</summary>
    Loaded,

    /// <summary>Part of the kernel image.</summary>
    BuiltIn,

    /// <summary>Not loaded, but its file is there for this kernel.</summary>
    Loadable,

    /// <summary>Neither in the kernel nor a file for this kernel.</summary>
    Missing,

    /// <summary>Being loaded or unloaded just now, or stuck in it.</summary>
    Changing,
}
