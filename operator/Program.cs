// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Operator.Configuration;

// The operator ends its work within the graceful time of its manager (30 s) and a few seconds for the lease; the default of 2 s would cut that off.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(38) };
return await OperatorCommand.Build().Parse(args).InvokeAsync(invocation);
