// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace KubeWgDiag.Kube.Client;

/// <summary>The source of chance outside tests.</summary>
public static class SystemJitter
{
    private const int Steps = 1 << 24;

    /// <summary>A number in [0, 1).</summary>
    public static double Next() => RandomNumberGenerator.GetInt32(Steps) / (double)Steps;
}
