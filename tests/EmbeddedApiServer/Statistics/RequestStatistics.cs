// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace KubeWgDiag.EmbeddedApiServer.Statistics;

/// <summary>What was asked of the server and by whom, since the start or the last <see cref="Reset"/>. Also at GET /debug/statistics.</summary>
public sealed class RequestStatistics
{
    /// <summary>Rows that are told apart; what comes later is counted in one row of its own.</summary>
    private const int MaxRows = 2000;

    private ConcurrentDictionary<(string Agent, string Verb, string Resource), RequestCounter> _rows = new();

    /// <summary>One row for every sender, verb and resource, in that order.</summary>
    public IReadOnlyList<RequestCount> Rows =>
    [
        .. _rows.Select(pair => pair.Value.Read(pair.Key.Agent, pair.Key.Verb, pair.Key.Resource))
            .OrderBy(row => row.Agent, StringComparer.Ordinal).ThenBy(row => row.Resource, StringComparer.Ordinal).ThenBy(row => row.Verb, StringComparer.Ordinal),
    ];

    /// <summary>Begins again; what open watches send from now on belongs to the rows that were forgotten.</summary>
    public void Reset() => _rows = new();

    internal RequestCounter Of(RequestKey key)
    {
        ConcurrentDictionary<(string, string, string), RequestCounter> rows = _rows;
        (string, string, string) name = rows.Count < MaxRows ? (key.Agent, key.Verb, key.Resource) : ("others", "", "");
        return rows.GetOrAdd(name, _ => new RequestCounter());
    }
}

/// <summary>The figures of one sender, verb and resource.</summary>
/// <param name="Agent">The first word of the user agent, without version.</param>
/// <param name="Verb">As in RBAC: get, list, watch, create, update, patch, delete, deletecollection; the HTTP method for other paths.</param>
/// <param name="Resource">Plural, with subresource; empty for health, discovery and the like.</param>
/// <param name="Writes">Requests that changed an object; an apply that changes nothing is none.</param>
/// <param name="Refused">Answers with a status of 400 or more.</param>
/// <param name="BytesIn">Bytes of bodies received.</param>
/// <param name="BytesOut">Bytes of bodies sent, frames of watches included; headers and TLS are not.</param>
/// <param name="LargestObject">Size in bytes of the largest object written, as JSON.</param>
public sealed record RequestCount(string Agent, string Verb, string Resource, long Requests, long Writes, long Refused, long BytesIn, long BytesOut, long LargestObject);
