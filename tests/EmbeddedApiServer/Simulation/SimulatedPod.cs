// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Simulation;

/// <summary>A pod without a process: its status goes through what the node's behaviour brings.</summary>
internal sealed class SimulatedPod(StoredObject pod, ClusterObjects objects, NodeSimulation options, Func<int, TimeSpan> backOff)
{
    private readonly PodStatus _status = new(pod, objects);
    private DateTimeOffset _began;
    private int _failures;
    private bool _isUp;

    public string Node { get; } = PodView.Of(pod).Node;

    /// <summary>One step. Returns when the next is due; null when nothing more happens.</summary>
    public TimeSpan? Step(NodeBehaviour behaviour)
    {
        switch (behaviour)
        {
            case NodeBehaviour.NotReady:
                return null;
            case NodeBehaviour.ImagePullError:
                return PullAgain();
            case NodeBehaviour.CrashLoop when _isUp:
                return Crash();
            default:
                _status.Running();
                _isUp = true;
                _began = objects.Time.GetUtcNow();
                return behaviour == NodeBehaviour.CrashLoop ? options.CrashAfter : null;
        }
    }

    private TimeSpan? PullAgain()
    {
        _failures++;
        string image = pod.Thaw().Items("spec", "containers").First().Text("image") ?? "";
        if (_failures == 1)
            _status.Waiting("ErrImagePull", $"failed to pull and unpack image \"{image}\": not found");
        else
            _status.Waiting("ImagePullBackOff", $"Back-off pulling image \"{image}\"");
        return _failures == 1 ? backOff(1) : null;
    }

    private TimeSpan? Crash()
    {
        _failures++;
        _isUp = false;
        TimeSpan wait = backOff(_failures);
        return _status.Ended(1, options.TerminationMessage, _began, wait) ? wait : null;
    }
}
