// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>Removes what runs of these tests made, and nothing else: every deletion names the uid of an object that bears their label.</summary>
/// <param name="client">Asks the server.</param>
/// <param name="isOurs">Whether what this metadata belongs to is to go.</param>
/// <param name="say">Told what had to stay, and why.</param>
internal sealed class Cleaner(IKubernetesClient client, Func<ObjectMeta, bool> isOurs, Action<string> say)
{
    private const string GadgetGroupSuffix = ".tests.kubewgdiag.io";
    private const string EventsNamespace = "default";

    /// <summary>Removes everything and waits until it is gone.</summary>
    public async Task RemoveAsync(CancellationToken ct)
    {
        var diagnoses = await RemoveDiagnosesAsync(ct);
        await RemoveEventsAsync(diagnoses, ct);
        var definitions = await OursAsync(AnyObject.Definition, ct);
        foreach (var definition in definitions.Where(d => d.Metadata.Name!.EndsWith(GadgetGroupSuffix, StringComparison.Ordinal)))
            await RemoveGadgetsAsync(definition, ct);
        await RemoveAllAsync(AnyObject.Namespace, ct);
        foreach (var definition in definitions.Where(d => !d.Metadata.Name!.EndsWith(GadgetGroupSuffix, StringComparison.Ordinal)))
            await RemoveProjectDefinitionAsync(definition, ct);
    }

    /// <summary>DaemonSets, pods and NodeProbes go with their diagnosis by the garbage collector; an operator need not live for that.</summary>
    private async Task<HashSet<string>> RemoveDiagnosesAsync(CancellationToken ct)
    {
        var diagnoses = await OursAsync(CrdTypes.TunnelDiagnosis, ct);
        foreach (var diagnosis in diagnoses)
            await RemoveAsync(CrdTypes.TunnelDiagnosis, diagnosis.Metadata, ct);
        foreach (var diagnosis in diagnoses)
            await client.UntilAllAsync(CrdTypes.NodeProbe, new() { LabelSelector = $"{CrdLabels.DiagnosisUid}={diagnosis.Metadata.Uid}" }, probes => probes.Count == 0, ct);
        return diagnoses.Select(d => d.Metadata.Uid!).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Events about cluster-scoped objects stand in the default namespace and go by themselves after an hour; ours go now.</summary>
    private async Task RemoveEventsAsync(HashSet<string> diagnosisUids, CancellationToken ct)
    {
        var events = await client.ListAsync(BuiltInTypes.Event, new ListOptions { Namespace = EventsNamespace }, ct);
        foreach (var item in events.Value?.Items ?? [])
        {
            if (item.Regarding is { Uid: { } uid, Name: { } name } && (diagnosisUids.Contains(uid) || IsOurName(name)))
                await RemoveAsync(BuiltInTypes.Event, item.Metadata, ct);
        }
    }

    /// <summary>A diagnosis that a test deleted itself is known by its name alone.</summary>
    private bool IsOurName(string name) =>
        name.Split('-') is ["kwdtest", var id, ..] && isOurs(new ObjectMeta { Labels = new Dictionary<string, string> { [RunLabels.Key] = id } });

    private async Task RemoveGadgetsAsync(AnyObject definition, CancellationToken ct)
    {
        var type = Gadget.TypeIn(definition.Metadata.Name![("gadgets.".Length)..]);
        var gadgets = await client.ListAsync(type, new ListOptions(), ct);
        foreach (var gadget in gadgets.Value?.Items.Where(g => g.Metadata.Finalizers is { Count: > 0 }) ?? [])
            await client.MergePatchAsync(type, gadget.Metadata.Namespace, gadget.Metadata.Name!, """{"metadata":{"finalizers":null}}"""u8.ToArray(), "kubewgdiag-tests", ct);
        await RemoveAsync(AnyObject.Definition, definition.Metadata, ct);
        await client.UntilGoneAsync(AnyObject.Definition, null, definition.Metadata.Name!, ct);
    }

    /// <summary>Deleting a definition deletes its objects; somebody else's must not go that way.</summary>
    private async Task RemoveProjectDefinitionAsync(AnyObject definition, CancellationToken ct)
    {
        var diagnoses = await client.ListAsync(CrdTypes.TunnelDiagnosis, new ListOptions(), ct);
        if (diagnoses.Value is { Items.Count: > 0 } others)
        {
            say($"{definition.Metadata.Name} was installed by these tests and stays: {others.Items.Count} TunnelDiagnoses of others use it now");
            return;
        }

        await RemoveAsync(AnyObject.Definition, definition.Metadata, ct);
        await client.UntilGoneAsync(AnyObject.Definition, null, definition.Metadata.Name!, ct);
    }

    private async Task RemoveAllAsync(ResourceType<AnyObject> type, CancellationToken ct)
    {
        var items = await OursAsync(type, ct);
        foreach (var item in items)
            await RemoveAsync(type, item.Metadata, ct);
        foreach (var item in items)
            await client.UntilGoneAsync(type, null, item.Metadata.Name!, ct);
    }

    private async Task<IReadOnlyList<T>> OursAsync<T>(ResourceType<T> type, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var found = await client.ListAsync(type, new ListOptions { LabelSelector = RunLabels.Key }, ct);
        // A kind that is not served (any more) has no objects.
        return found.Value is { } list ? [.. list.Items.Where(item => isOurs(item.Metadata))] : [];
    }

    private async Task RemoveAsync<T>(ResourceType<T> type, ObjectMeta metadata, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var removed = await client.DeleteAsync(type, metadata.Namespace, metadata.Name!, metadata.Uid, ct);
        if (removed.Error is { Kind: not KubeErrorKind.Conflict } error) say($"{type.Kind} {metadata.Name} could not be removed: {error.Message}");
    }
}
