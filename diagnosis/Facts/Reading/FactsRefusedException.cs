// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace KubeWgDiag.Diagnosis.Facts.Reading;

/// <summary>A record has its form and cannot be relied on; the reason quotes nothing of the input.</summary>
[SuppressMessage("Roslynator", "RCS1194", Justification = "path and position, which the base class can carry, are not told here")]
public sealed class FactsRefusedException : JsonException
{
    /// <summary>Refused for a reason that is not told.</summary>
    public FactsRefusedException()
        : this("the facts cannot be relied on")
    {
    }

    /// <summary>Refused for this reason.</summary>
    public FactsRefusedException(string message)
        : base(message) => Reason = message;

    /// <summary>Refused for this reason, because of that.</summary>
    public FactsRefusedException(string message, Exception? inner)
        : base(message, inner) => Reason = message;

    /// <summary>The serializer adds path and position to the message of a JsonException; this is without.</summary>
    public string Reason { get; }
}
