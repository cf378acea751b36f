// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>Well-formed public keys that are the same in every run.</summary>
internal static class Keys
{
    public static string Of(string seed) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));
}
