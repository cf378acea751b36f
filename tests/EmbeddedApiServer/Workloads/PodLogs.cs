// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>Where <c>kubectl logs</c> finds the output of a pod.</summary>
internal sealed class PodLogs
{
    private readonly ConcurrentDictionary<string, Func<string>> _sources = new();

    public void Set(StoredObject pod, Func<string> source) => _sources[pod.Key] = source;

    public void Remove(StoredObject pod) => _sources.TryRemove(pod.Key, out _);

    public string? Find(string @namespace, string name) => _sources.TryGetValue(StoredObject.KeyOf(@namespace, name), out Func<string>? source) ? source() : null;
}
