// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Informers;

/// <summary>What a reflector does after a list or a watch has ended.</summary>
/// <param name="ReadAll">Everything has to be read anew; false = watch from the last version.</param>
/// <param name="Pause">What it waits for before.</param>
/// <param name="Asked">How long the server asked to wait.</param>
internal readonly record struct Turn(bool ReadAll, Pause Pause, TimeSpan? Asked = null)
{
    public static Turn WatchNow => new(ReadAll: false, Pause.None);

    public static Turn ReadNow => new(ReadAll: true, Pause.None);
}

/// <summary>Why a reflector waits.</summary>
internal enum Pause
{
    None,

    /// <summary>The server answered and is not to be pressed: long waits.</summary>
    Refused,

    /// <summary>Nobody answered: short waits.</summary>
    Outage,
}
