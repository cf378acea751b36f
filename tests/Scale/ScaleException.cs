// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Scale;

/// <summary>The measurement could not be carried out; the message is for people.</summary>
internal sealed class ScaleException : Exception
{
    public ScaleException()
    {
    }

    public ScaleException(string message)
        : base(message)
    {
    }

    public ScaleException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
