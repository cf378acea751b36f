// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>A UAPI socket that gave no device of this namespace.</summary>
/// <param name="Name">Device name from the socket's file name.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="Detail">One line for people.</param>
public sealed record UapiSocketFact(string Name, UapiSocketProblem Problem, string Detail);

/// <summary>What is wrong with a UAPI socket.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UapiSocketProblem>))]
public enum UapiSocketProblem
{
    /// <summary>Connection refused: the process is gone, the file was left behind.</summary>
    Stale,

    /// <summary>Connected, but no whole answer within the time limit.</summary>
    Hung,

    /// <summary>It answers, but its device is not in this network namespace.</summary>
    OtherNamespace,

    /// <summary>Its answer breaks the protocol.</summary>
    Malformed,

    /// <summary>The probe may not connect.</summary>
    NotPermitted,

    /// <summary>It answers with an error, or the connection failed in another way.</summary>
    Failed,

    /// <summary>It answers, but its device may be that of several network namespaces and nothing tells which: none of them has it in its facts.</summary>
    Ambiguous,
}
