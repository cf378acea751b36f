// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>A token bucket for the writes of all runs together: it holds one second's worth, and does not wait but says how many may go now.</summary>
/// <param name="perSecond">Tokens each second, and the most that it holds.</param>
/// <param name="time">The clock.</param>
internal sealed class AskPace(int perSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _tokens = perSecond;
    private long _filled = time.GetTimestamp();

    /// <summary>Takes as many tokens as there are, up to the number wanted.</summary>
    public int Take(int wanted)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(perSecond, _tokens + (time.GetElapsedTime(_filled, now).TotalSeconds * perSecond));
            _filled = now;
            var taken = (int)Math.Min(wanted, Math.Floor(_tokens));
            _tokens -= taken;
            return taken;
        }
    }
}
