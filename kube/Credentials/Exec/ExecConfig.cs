// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>The <c>exec</c> section of a kubeconfig's user. A class, so that nothing prints its environment by accident.</summary>
internal sealed class ExecConfig
{
    public const string V1 = "client.authentication.k8s.io/v1";
    public const string V1Beta1 = "client.authentication.k8s.io/v1beta1";

    /// <summary>What is asked of the plugin, and what its answer has to be.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>An absolute path, or a bare name to be looked for in PATH.</summary>
    public required string Command { get; init; }

    /// <summary>Given to the program one by one; no shell ever sees them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Added to our own environment.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    public ExecInteractiveMode InteractiveMode { get; init; }

    public bool ProvideClusterInfo { get; init; }

    /// <summary>For people who lack the program.</summary>
    public string? InstallHint { get; init; }
}

/// <summary>Whether the plugin may ask the person at the terminal.</summary>
internal enum ExecInteractiveMode
{
    IfAvailable,
    Never,
    Always,
}
