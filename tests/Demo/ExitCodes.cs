// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Demo;

/// <summary>How the demo ends.</summary>
internal static class ExitCodes
{
    /// <summary>The injected fault was the first root cause and the healed mesh is healthy.</summary>
    public const int Shown = 0;

    /// <summary>Something else came out.</summary>
    public const int Wrong = 1;

    /// <summary>Wrong command line.</summary>
    public const int Usage = 2;

    /// <summary>This machine cannot run a lab; the recorded example was shown instead.</summary>
    public const int CannotRun = 3;
}
