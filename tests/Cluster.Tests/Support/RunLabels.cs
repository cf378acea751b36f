// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>How a run of these tests marks what it makes, so that it, and only it, is found and removed again.</summary>
internal sealed record RunLabels(string Id)
{
    /// <summary>On every object that a run makes; the value is the run's id.</summary>
    public const string Key = "kubewgdiag.io/test-run";

    /// <summary>Younger ones may belong to a run that is still under way.</summary>
    public static readonly TimeSpan LeftoverAge = TimeSpan.FromHours(1);

    /// <summary>Selects what belongs to this run.</summary>
    public string Selector => $"{Key}={Id}";

    public string Namespace => $"kubewgdiag-test-{Id}";

    /// <summary>The class of diagnoses that the operators under test look at, and no other operator of the cluster.</summary>
    public string Class => $"test-{Id}";

    public IReadOnlyDictionary<string, string> Labels => new Dictionary<string, string> { [Key] = Id };

    public static RunLabels New() => new(RandomNumberGenerator.GetHexString(8, lowercase: true));

    /// <summary>True when an object is what a run that ended long ago left behind.</summary>
    public static bool IsLeftover(ObjectMeta metadata, DateTimeOffset now) =>
        metadata.Labels?.ContainsKey(Key) == true && metadata.CreationTimestamp is { } created && now - created > LeftoverAge;
}
