// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Controllers;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>Puts the object and the id of a reconciliation onto every log line that it writes.</summary>
internal static class ReconcileLogScope
{
    private static readonly Func<ILogger, string, string, string, string, IDisposable?> Define =
        LoggerMessage.DefineScope<string, string, string, string>("controller={Controller} kind={Kind} name={Name} reconcileID={ReconcileID}");

    /// <summary>Opens scopes on a log.</summary>
    public static Func<ReconcileScope, IDisposable?> On(ILogger log) =>
        scope => Define(log, scope.Controller, scope.Kind, scope.Key.ToString(), scope.Id);
}
