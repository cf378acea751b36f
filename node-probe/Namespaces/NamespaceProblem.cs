// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>Why a namespace cannot be entered.</summary>
internal static class NamespaceProblem
{
    /// <summary>Its last process ended, or its file now stands for another one.</summary>
    public static NotAvailable Vanished { get; } = new(NotAvailableReason.NotPresent, "the network namespace vanished before it could be entered");

    /// <summary>The reason for the errno of open(2) or setns(2).</summary>
    public static NotAvailable Of(int errno)
    {
        var reason = errno switch
        {
            Errno.NoEntry or Errno.NoProcess => NotAvailableReason.NotPresent,
            Errno.NotPermitted or Errno.AccessDenied => NotAvailableReason.NotPermitted,
            _ => NotAvailableReason.Failed,
        };
        return new NotAvailable(reason, $"the network namespace cannot be entered: {Errno.NameOf(errno)}");
    }
}
