// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Reading;

/// <summary>Why facts are refused.</summary>
/// <param name="Position">Byte in the JSON text, from 0.</param>
/// <param name="Reason">One plain line that says where and never quotes what.</param>
public sealed record FactsFault(long Position, string Reason);
