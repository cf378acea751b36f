// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab;

/// <summary>The lab could not be built or changed; the message says which step and what the tool answered.</summary>
public sealed class LabException : Exception
{
    public LabException()
    {
    }

    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
