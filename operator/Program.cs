// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Operator.Configuration;

// The operator ends its work within the grace time of its controllers (20 s); the default of 2 s would cut that off.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await OperatorCommand.Build().Parse(args).InvokeAsync(invocation);
