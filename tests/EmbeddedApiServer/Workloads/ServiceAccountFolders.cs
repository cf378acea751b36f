// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>The folders with token, CA and namespace that pods see; tokens are bound to pod and node, and renewed.</summary>
internal sealed class ServiceAccountFolders(ObjectStore store, TokenIssuer issuer, string authorityPem, TimeSpan lifetime) : IDisposable
{
    private readonly Lazy<string> _root = new(() => Directory.CreateTempSubdirectory($"kubewgdiag-pods-{Environment.ProcessId}-").FullName);

    private readonly Lock _gate = new();

    public TimeSpan RenewAfter => lifetime * 0.8;

    public string PathOf(StoredObject pod) => Path.Combine(_root.Value, pod.Uid);

    /// <summary>Writes the folder; null when it is done, else why the pod cannot start.</summary>
    public string? Write(StoredObject pod)
    {
        string name = pod.Body.Text("spec", "serviceAccountName") ?? "default";
        if (store.Find("serviceaccounts", pod.Namespace, name) is not { } account)
            return $"service account {pod.Namespace}/{name} not found";
        StoredObject? node = store.Find("nodes", "", pod.Body.Text("spec", "nodeName") ?? "");
        string folder = PathOf(pod);
        Directory.CreateDirectory(folder);
        lock (_gate)
        {
            Replace(Path.Combine(folder, "token"), issuer.Issue(account, pod, node, lifetime).Token);
            Replace(Path.Combine(folder, "ca.crt"), authorityPem);
            Replace(Path.Combine(folder, "namespace"), pod.Namespace);
        }

        return null;
    }

    /// <summary>Writes the folder of a running pod again; nothing for a pod that has none.</summary>
    public void Renew(StoredObject pod)
    {
        lock (_gate)
        {
            if (Directory.Exists(PathOf(pod)))
                Write(pod);
        }
    }

    public void Remove(StoredObject pod)
    {
        lock (_gate)
        {
            string folder = PathOf(pod);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose()
    {
        if (_root.IsValueCreated && Directory.Exists(_root.Value))
            Directory.Delete(_root.Value, recursive: true);
    }

    /// <summary>By renaming, so that a reader never sees half a token.</summary>
    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
