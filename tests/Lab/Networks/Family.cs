// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Networks;

/// <summary>Address family of a mesh, inner and outer.</summary>
public enum Family
{
    V4 = 4,
    V6 = 6,
}
