// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;

namespace KubeWgDiag.Operator.Probes;

/// <summary>
/// Names of what a diagnosis owns. They are computed, never chosen, so that doing a step twice after a crash or on a stale cache gives
/// the same object again. The uid takes part: a diagnosis that is deleted and made anew must not inherit objects that are being deleted.
/// </summary>
internal static class ProbeNames
{
    /// <summary>Longest name of an object (RFC 1123 subdomain).</summary>
    private const int MaxName = 253;

    /// <summary>Name of the DaemonSet. A DaemonSet's name goes into a label of its pods' revisions, so it stays below 63 characters.</summary>
    public static string DaemonSet(string diagnosisUid) => $"kubewgdiag-probe-{Cut(diagnosisUid, 8)}";

    /// <summary>
    /// Name of the NodeProbe of one node. The hash is always there, because <c>a-b</c> + <c>c</c> and <c>a</c> + <c>b-c</c> would be one
    /// name without it.
    /// </summary>
    public static string NodeProbe(string diagnosisName, string diagnosisUid, string node)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{diagnosisUid}/{node}")).AsSpan(0, 4));
        var room = MaxName - hash.Length - 2;
        var nodePart = Cut(node, room / 2);
        return $"{Cut(diagnosisName, room - nodePart.Length)}-{nodePart}-{hash}";
    }

    private static string Cut(string name, int length) => name.Length <= length ? name : name[..length].TrimEnd('-', '.');
}
