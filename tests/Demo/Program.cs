// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Demo;

// Ctrl-C: the lab is taken away in order before the program ends.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) };
return await DemoCommand.Build().Parse(args).InvokeAsync(invocation);
