// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Informers;

/// <summary>Whether everything is read next as a streaming list or as a list.</summary>
internal sealed class StreamingListChoice(bool wanted)
{
    /// <summary>How often in a row a streaming list may be cut before a list is tried: something in between may not let it through.</summary>
    private const int MaxCuts = 2;

    private bool _forGood = !wanted;
    private bool _once;
    private int _cuts;

    public bool IsWanted => !_forGood && !_once;

    /// <summary>The server does not know it.</summary>
    public void LeaveForGood() => _forGood = true;

    /// <summary>It did not work now; after the next list it may be tried again.</summary>
    public void LeaveOnce() => _once = true;

    public void Cut() => _once |= ++_cuts >= MaxCuts;

    public void Listed() => (_once, _cuts) = (false, 0);

    public void Streamed() => _cuts = 0;
}
