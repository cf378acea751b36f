// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Scale;

// Ctrl-C: the processes that were started are ended before the program ends.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) };
return await ScaleCommand.Build().Parse(args).InvokeAsync(invocation);
