// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Faults;

/// <summary>How a watch will end: after so many changes or so long, whichever comes first. Travels with the request.</summary>
internal sealed class WatchFault(RequestFault fault, int changes, TimeSpan within, RequestFaults faults)
{
    private int _left = changes;

    public TimeSpan Within => within;

    /// <summary>True when the fault comes instead of the next frames.</summary>
    public bool IsDueAfter(int frames) => (_left -= frames) <= 0;

    public Task HappenAsync(WatchStream stream, ApiResource resource, long revision)
    {
        faults.Happened(fault);
        return fault switch
        {
            RequestFault.WatchCut => stream.WriteHalfAsync(WatchFrame.Bookmark(resource, revision, endsInitialEvents: false)),
            RequestFault.WatchExpired => stream.WriteAsync([WatchFrame.Failure(ApiError.Expired($"too old resource version: {revision - 1} ({revision})"))]),
            RequestFault.WatchGone => stream.WriteAsync([WatchFrame.Failure(new ApiError(410, "Gone", "the requested history is gone"))]),
            _ => Task.CompletedTask,
        };
    }
}
