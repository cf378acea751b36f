// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>What an informer watches and keeps.</summary>
/// <typeparam name="T">Type of the objects.</typeparam>
public sealed record InformerOptions<T>
    where T : class, IKubernetesObject
{
    /// <summary>Null = all namespaces, or a cluster-scoped resource.</summary>
    public string? Namespace { get; init; }

    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>
    /// Trims an object as soon as it is decoded, before it is kept, so that large objects never stand in memory all at once; it
    /// must leave the metadata's name, namespace, uid and resourceVersion. Called by one thread at a time. For nodes and pods see
    /// <see cref="Trim.NodeTrim"/> and <see cref="Trim.PodTrim"/>.
    /// </summary>
    public Func<T, T>? Transform { get; init; }

    /// <summary>Index name to the values under which an object is found.</summary>
    public IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> Indexes { get; init; } = new Dictionary<string, Func<T, IEnumerable<string>>>();

    /// <summary>Reads everything as a streaming list where the server has it; false = always as a list in pages.</summary>
    public bool StreamingList { get; init; } = true;

    /// <summary>Longest wait between two tries to reach a server that does not answer, jitter included.</summary>
    public TimeSpan LongestOutageWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Numbers in [0, 1).</summary>
    public Func<double> Jitter { get; init; } = SystemJitter.Next;

    public KubeLog? Log { get; init; }
}
