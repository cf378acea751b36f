// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Statistics;

/// <summary>One row of the statistics, counted by many requests at once.</summary>
internal sealed class RequestCounter
{
    private long _requests;
    private long _writes;
    private long _refused;
    private long _bytesIn;
    private long _bytesOut;
    private long _largest;

    public void Began() => Interlocked.Increment(ref _requests);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void Received(long bytes) => Interlocked.Add(ref _bytesIn, bytes);

    public void Sent(long bytes) => Interlocked.Add(ref _bytesOut, bytes);

    public void Wrote(long size)
    {
        Interlocked.Increment(ref _writes);
        long known = Volatile.Read(ref _largest);
        while (size > known)
        {
            long seen = Interlocked.CompareExchange(ref _largest, size, known);
            if (seen == known)
                return;
            known = seen;
        }
    }

    public RequestCount Read(string agent, string verb, string resource) => new(
        agent, verb, resource, Volatile.Read(ref _requests), Volatile.Read(ref _writes), Volatile.Read(ref _refused), Volatile.Read(ref _bytesIn),
        Volatile.Read(ref _bytesOut), Volatile.Read(ref _largest));
}
