// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Credentials;

/// <summary>A credential could not be read while a request was being sent. The message never holds the credential.</summary>
public sealed class CredentialException : Exception
{
    public CredentialException()
        : this("A credential could not be read.")
    {
    }

    public CredentialException(string message)
        : base(message)
    {
    }

    public CredentialException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
