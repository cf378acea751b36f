// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Cel;

/// <summary>An evaluation that has no value (missing key, wrong types). It travels as a value, because <c>&amp;&amp;</c> and <c>||</c> may absorb it.</summary>
internal sealed record CelError(string Message)
{
    public static CelError NoOverload(string operation) => new($"no such overload: {operation}");
}
