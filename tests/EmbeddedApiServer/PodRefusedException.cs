// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer;

/// <summary>A runtime's refusal to start a pod. The reason becomes the container's waiting reason.</summary>
public sealed class PodRefusedException(string reason, string message) : Exception(message)
{
    /// <summary>Waiting reason, such as ErrImagePull or CreateContainerError.</summary>
    public string Reason { get; } = reason;

    /// <summary>The runtime does not know the image; the pod goes on to ImagePullBackOff.</summary>
    public static PodRefusedException UnknownImage(string image) => new("ErrImagePull", $"image \"{image}\" is not known to this runtime");
}
